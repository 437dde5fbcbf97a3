import { type ErrorCode, errors } from '../errors.js';
import { type Field, modelNamed } from '../model.js';
import type { Operation } from '../operation.js';
import { operations } from '../operations.js';
import { types } from '../types.js';
import { withReferences } from './json-schema.js';
import { conversation, site } from './openapi-site.js';

/*
 * The routes as OpenAPI 3.1. What stands where in a request is the rule of docs/protocol.md: the path names what it names, a
 * value is the body, a guard and the key of a write are headers, and everything else is a parameter of the query.
 */

type Json = Record<string, unknown>;

/** Every route of the server. */
export function openapi(): string {
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'KoruDelta',
      version: '1',
      summary:
        'A versioned database for JSON documents: every write is a version, every read can be asked of any moment.',
      description:
        'A namespace and a key are one segment of the path each, percent-encoded: the key `a/b` is `a%2Fb`. Failures are problems (RFC 9457) with a code that never changes its meaning; the codes that a route can answer are listed with its statuses.',
      license: { name: 'MIT OR Apache-2.0', identifier: 'MIT OR Apache-2.0' },
    },
    servers: [{ url: 'http://127.0.0.1:7878' }],
    // A server without API keys asks for none.
    security: [{}, { key: [] }],
    tags: [
      { name: 'write', description: 'What writes versions.' },
      { name: 'read', description: 'What reads.' },
      { name: 'stream', description: 'What takes or gives lines or events without end.' },
      { name: 'server', description: 'The server itself, and the way for clients.' },
    ],
    paths: { ...operationPaths(), '/v1/rpc': { post: { ...conversation, responses: rpcResponses() } }, ...site },
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key: kdelta_…' } },
      headers,
      schemas: schemas(),
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function operationPaths(): Json {
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const { method, path } = operation.http;
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationItem(operation) };
  }
  return paths;
}

function operationItem(operation: Operation): Json {
  const { name, summary, kind, scope, http } = operation;
  return {
    operationId: name,
    tags: [kind],
    summary,
    description: `Needs the scope \`${scope}\` where the server has API keys.`,
    parameters: parameters(operation),
    ...(http.body ? { requestBody: requestBody(operation) } : {}),
    responses: {
      ...success(operation),
      ...failures(codesOf(operation), guarded(operation)),
    },
  };
}

const fieldsOf = ({ params }: Operation): readonly Field[] => modelNamed(params).fields ?? [];
const takes = (operation: Operation, name: string) => fieldsOf(operation).some((field) => field.name === name);
const guarded = (operation: Operation) => takes(operation, 'ifVersion');
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** What HTTP carries elsewhere than in the query, or has another way for. */
const elsewhere = new Set(['value', 'ifVersion', 'idempotencyKey', 'credit']);

/** Whether a param stands in the query. A route that answers the value alone always requires one. */
function queried({ http }: Operation, name: string): boolean {
  return http.body !== 'params' && !elsewhere.has(name) && !(http.answer === 'value' && name === 'required');
}

function parameters(operation: Operation): Json[] {
  const { params, http, example } = operation;
  const { properties = {} } = types[params] as { properties?: Record<string, Json> };
  const named = fieldsOf(operation)
    .filter(({ name }) => http.path.includes(`{${name}}`) || queried(operation, name))
    .map(({ name, optional, doc }) => {
      const { description, ...schema } = withReferences(properties[name], '#/components/schemas/') as Json;
      const place = http.path.includes(`{${name}}`) ? 'path' : 'query';
      const shown = name in example ? { example: example[name] } : {};
      return { name, in: place, required: !optional, description: doc, schema, ...shown };
    });
  return [...named, ...headerParameters(operation)];
}

function headerParameters(operation: Operation): Json[] {
  const found: Json[] = [];
  const header = (name: string, description: string, schema: Json = { type: 'string' }) =>
    found.push({ name, in: 'header', required: false, description, schema });
  if (guarded(operation)) {
    header('If-Match', 'The ETag that the newest version must have; else 412.');
    header('If-None-Match', 'With *, the key must have no value; else 412.', { type: 'string', const: '*' });
  }
  if (takes(operation, 'idempotencyKey'))
    header(
      'Idempotency-Key',
      'Names this write, so that sending it again does not write it twice.',
      ref('IdempotencyKey'),
    );
  if (operation.http.answer === 'value') header('If-None-Match', 'ETags that are known already: answered 304.');
  if (operation.http.answer === 'events') header('Last-Event-ID', 'Go on behind this event.', ref('Cursor'));
  return found;
}

function requestBody({ http, params, example }: Operation): Json {
  const json = (schema: Json, shown: unknown) => ({ 'application/json': { schema, example: shown } });
  switch (http.body) {
    case 'value':
      return { required: true, content: json(ref('Value'), example.value) };
    case 'params':
      return { required: true, content: json(ref(params), example) };
    default:
      return { required: true, content: { 'application/x-ndjson': { schema: { type: 'string' } } } };
  }
}

const headers = {
  ETag: { description: 'The version, between double quotes.', schema: { type: 'string' } },
  'Koru-Seq': { description: "The version's place in the order of commits.", schema: { type: 'integer' } },
  'Koru-Timestamp': { description: 'When the version was committed.', schema: ref('Timestamp') },
  'Retry-After': { description: 'How many seconds to wait.', schema: { type: 'integer' } },
  'WWW-Authenticate': { description: 'How to authenticate: Bearer.', schema: { type: 'string' } },
};

const headerRefs = (...names: (keyof typeof headers)[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

function success(operation: Operation): Json {
  const { http, result } = operation;
  const ofVersion = headerRefs('ETag', 'Koru-Seq', 'Koru-Timestamp');
  switch (http.answer) {
    case 'value':
      return {
        200: {
          description: 'The value; or its version, where the type asks for that.',
          headers: ofVersion,
          content: {
            'application/json': { schema: ref('Value') },
            'application/vnd.korudelta.version+json': { schema: ref(result) },
          },
        },
        304: { description: 'The version is one that If-None-Match names.', headers: ofVersion },
      };
    case 'lines':
      return { 200: stream('application/x-ndjson', 'The lines. Whole only when the transfer ended as it should.') };
    case 'events':
      return {
        200: stream(
          'text/event-stream',
          'Events `change` whose data are versions, each with the cursor behind it as its id; `goaway` when the server stops.',
        ),
      };
    default: {
      const carried = guarded(operation) ? { headers: ofVersion } : {};
      const content = { 'application/json': { schema: ref(result) } };
      return { 200: { description: modelNamed(result).doc, ...carried, content } };
    }
  }
}

function stream(type: string, description: string): Json {
  return { description, content: { [type]: { schema: { type: 'string' } } } };
}

/** What every route can answer. */
const always: readonly ErrorCode[] = [
  'bad_request',
  'invalid_params',
  'unauthorized',
  'forbidden',
  'rate_limited',
  'internal',
  'corrupt',
  'io_error',
  'unavailable',
];
const ofWrites: readonly ErrorCode[] = ['read_only', 'poisoned', 'disk_full'];
const ofBodies: readonly ErrorCode[] = ['request_too_large', 'unsupported_media_type'];
const ofNames: readonly ErrorCode[] = ['invalid_namespace', 'invalid_key'];

function codesOf(operation: Operation): ErrorCode[] {
  const { kind, scope, http } = operation;
  const writes = kind === 'write' || (kind === 'stream' && scope !== 'read');
  const named = ofNames.filter((code) => takes(operation, code.replace('invalid_', '')));
  // A body that was not wanted is refused as one.
  const body = http.method === 'GET' ? [] : ofBodies;
  return [...new Set([...operation.errors, ...named, ...always, ...body, ...(writes ? ofWrites : [])])];
}

function rpcResponses(): Json {
  const content = {
    'application/json': { schema: { type: 'object' } },
    'application/x-ndjson': { schema: {} },
  };
  return {
    200: { description: 'One response a line, in the order of the requests. Failures of calls are in them.', content },
    ...failures([...always, ...ofBodies]),
  };
}

/** The responses of failures, a status each. A guard in a header fails with 412 where the catalogue says 409. */
function failures(codes: readonly ErrorCode[], guard = false): Json {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const status = guard && code === 'conflict' ? 412 : errors[code].http;
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  // The one failure whose status depends on which part of the request was too large.
  byStatus.set(431, ['request_too_large']);
  const sorted = [...byStatus].sort(([a], [b]) => a - b);
  return Object.fromEntries(sorted.map(([status, found]) => [status, problem(status, found)]));
}

function problem(status: number, codes: readonly ErrorCode[]): Json {
  const carried =
    status === 401 ? headerRefs('WWW-Authenticate') : [429, 503].includes(status) ? headerRefs('Retry-After') : {};
  return {
    description: codes.map((code) => `\`${code}\`: ${errors[code].meaning}`).join('\n\n'),
    ...(Object.keys(carried).length > 0 ? { headers: carried } : {}),
    content: { 'application/problem+json': { schema: ref('Problem') } },
  };
}

/** The types that the routes speak of, and those that these are made of. */
function schemas(): Json {
  const problemSchema = {
    description: 'A failure: the error record, and what RFC 9457 has beside it.',
    allOf: [
      ref('ErrorRecord'),
      {
        type: 'object',
        required: ['type', 'status'],
        properties: {
          type: { type: 'string', description: 'The same as docs.' },
          status: { type: 'integer', description: 'The status of the response.' },
        },
      },
    ],
  };
  const spoken = new Set<string>();
  const visit = (name: string) => {
    if (spoken.has(name)) return;
    spoken.add(name);
    for (const [, inner] of JSON.stringify(types[name]).matchAll(/"\$ref":"(\w+)"/g)) visit(inner ?? '');
  };
  for (const operation of operations) {
    if (operation.http.body === 'params') visit(operation.params);
    if (operation.kind !== 'stream' || operation.http.body) visit(operation.result);
    for (const { shape } of fieldsOf(operation))
      if (shape.is === 'named' && shape.name !== 'IfVersion') visit(shape.name);
  }
  const named = Object.entries(types).filter(([name]) => spoken.has(name));
  return { ...(withReferences(Object.fromEntries(named), '#/components/schemas/') as Json), Problem: problemSchema };
}
