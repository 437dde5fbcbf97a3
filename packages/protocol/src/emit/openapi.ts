import { type ErrorCode, errors } from '../errors.js';
import { fieldsOf } from '../model.js';
import type { Operation } from '../operation.js';
import { operations } from '../operations.js';
import { types } from '../types.js';
import { withReferences } from './json-schema.js';

type Json = Record<string, unknown>;

const base = '#/components/schemas/';

/** The resource routes as OpenAPI 3.1. */
export function openapi(): string {
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const path = operation.http.path;
    paths[path] = { ...paths[path], [operation.http.method.toLowerCase()]: route(operation) };
  }
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'KoruDelta',
      version: '1',
      description: 'A versioned database for JSON: every write is a version, every read can be asked of any moment.',
      license: { name: 'MIT OR Apache-2.0', identifier: 'MIT OR Apache-2.0' },
    },
    servers: [{ url: 'http://127.0.0.1:7878', description: 'kdelta start' }],
    security: [{}, { apiKey: [] }],
    paths,
    components: {
      schemas: withReferences(types, base) as Json,
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, as kdelta key create makes it.' },
      },
      responses: Object.fromEntries(statuses().map(([status, codes]) => [`Status${status}`, problem(status, codes)])),
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function route(operation: Operation): Json {
  const { http, example } = operation;
  const inPath = [...http.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
  const fields = fieldsOf(operation.params);
  const schemas = schemaOf(operation).properties;
  const parameter = (name: string, place: string, needed: boolean): Json => ({
    name,
    in: place,
    required: needed,
    schema: withReferences(schemas[name], base),
    ...(name in example ? { example: example[name] } : {}),
  });
  const parameters = fields
    .filter(({ name }) => inPath.includes(name))
    .map(({ name }) => parameter(name, 'path', true));
  const rest = fields.filter(({ name }) => !inPath.includes(name) && name !== http.body);
  const hasBody = http.method === 'POST' && rest.length > 0;
  if (!hasBody) {
    parameters.push(
      ...rest
        .filter(({ name }) => name !== 'ifVersion')
        .map(({ name, optional }) => parameter(name, 'query', !optional)),
    );
  }
  const body = http.body
    ? { content: json(withReferences(schemas[http.body], base)), required: true }
    : hasBody
      ? {
          content: json(
            bodySchema(
              operation,
              rest.map(({ name }) => name),
            ),
          ),
          required: rest.some(({ optional }) => !optional),
        }
      : undefined;
  return {
    operationId: operation.name,
    summary: operation.summary,
    ...(parameters.length > 0 ? { parameters: [...parameters, ...conditions(operation)] } : {}),
    ...(body ? { requestBody: body } : {}),
    responses: responses(operation),
  };
}

/** Guards travel as HTTP has them: the ETag is the version. */
function conditions(operation: Operation): Json[] {
  const header = (name: string, description: string) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  });
  if (fieldsOf(operation.params).some(({ name }) => name === 'ifVersion') && operation.http.method !== 'POST') {
    return [
      header('If-Match', "The version that must be the key's newest, in double quotes."),
      header('If-None-Match', '*: the key must have no value.'),
    ];
  }
  return operation.name === 'get'
    ? [header('If-None-Match', 'A version in double quotes: 304 when it is still the newest.')]
    : [];
}

function schemaOf({ params }: Operation): { properties: Record<string, unknown>; required?: string[] } {
  return types[params] as unknown as { properties: Record<string, unknown>; required?: string[] };
}

function bodySchema(operation: Operation, names: string[]): unknown {
  const whole = schemaOf(operation);
  const properties = Object.fromEntries(names.map((name) => [name, whole.properties[name]]));
  const required = (whole.required ?? []).filter((name) => names.includes(name));
  return withReferences({ type: 'object', properties, required, additionalProperties: false }, base);
}

function responses(operation: Operation): Json {
  const schema = withReferences({ $ref: operation.result }, base);
  const good: Json = { 200: { description: 'Done.', content: json(schema) } };
  const codes: ErrorCode[] = [...operation.errors, ...always];
  for (const status of new Set(codes.map((code) => errors[code].http))) {
    good[status] = { $ref: `#/components/responses/Status${status}` };
  }
  if (operation.name === 'get') good[304] = { description: 'Not changed since the version of If-None-Match.' };
  return good;
}

/** What can go wrong with every call. */
const always: readonly ErrorCode[] = [
  'invalid_params',
  'unauthenticated',
  'forbidden',
  'rate_limited',
  'internal',
  'unavailable',
];

function statuses(): [number, string[]][] {
  const all = new Map<number, string[]>();
  for (const [code, { http }] of Object.entries(errors)) all.set(http, [...(all.get(http) ?? []), code]);
  return [...all].sort(([a], [b]) => a - b);
}

function problem(status: number, codes: string[]): Json {
  return {
    description: `One of the codes ${codes.join(', ')}.`,
    content: {
      'application/problem+json': { schema: { $ref: `${base}Problem` }, example: { status, code: codes[0] } },
    },
  };
}

function json(schema: unknown): Json {
  return { 'application/json': { schema } };
}
