/* The routes that are no operations of the database. */

const open = { security: [] };
const text = (description: string, type: string) => ({
  description,
  content: { [type]: { schema: { type: type === 'application/json' ? 'object' : 'string' } } },
});

/** The way for clients; its responses are added where those of all routes are made. */
export const conversation = {
  operationId: 'rpc',
  tags: ['server'],
  summary: 'Carries requests of JSON-RPC 2.0, a line each, and answers them in their order.',
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: { type: 'object' },
        example: { jsonrpc: '2.0', id: 1, method: 'get', params: { namespace: 'users', key: 'alice' } },
      },
      'application/x-ndjson': { schema: { type: 'string' } },
    },
  },
};

/** The server itself. */
export const site = {
  '/health': {
    get: {
      ...open,
      operationId: 'health',
      tags: ['server'],
      summary: 'Whether the server lives: its storage and its memory, each told apart.',
      responses: {
        200: text('It does.', 'application/json'),
        503: text('It should be started again.', 'application/json'),
      },
    },
  },
  '/ready': {
    get: {
      ...open,
      operationId: 'ready',
      tags: ['server'],
      summary: 'Whether the server should be sent requests.',
      responses: {
        200: text('It should.', 'application/json'),
        503: text('It is starting, stopping, or takes no writes.', 'application/json'),
      },
    },
  },
  '/openapi.json': {
    get: {
      ...open,
      operationId: 'openapi',
      tags: ['server'],
      summary: 'This document.',
      responses: { 200: text('The routes of the server.', 'application/json') },
    },
  },
  '/': {
    get: {
      ...open,
      operationId: 'welcome',
      tags: ['server'],
      summary: 'A page for people that says what this is.',
      responses: { 200: text('The page.', 'text/html') },
    },
  },
};
