import { Compile } from 'typebox/compile';
import { describe, expect, test } from 'vitest';
import { openapi } from '../src/emit/openapi.js';
import { errors } from '../src/errors.js';
import { operations } from '../src/operations.js';

interface Parameter {
  name: string;
  in: string;
  required: boolean;
  description: string;
  schema: object;
  example?: unknown;
}

interface Item {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: object; example?: unknown }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
  security?: object[];
}

const document = JSON.parse(openapi()) as {
  openapi: string;
  paths: Record<string, Record<string, Item>>;
  components: { schemas: Record<string, object> };
};
const items = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, item]) => ({ path, method, item })),
);

/** What a JSON Pointer of the document leads to. */
function pointed(reference: string): unknown {
  const steps = reference.slice(2).split('/');
  return steps.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], document);
}

test('every reference leads somewhere, and every schema is spoken of', () => {
  const found = [...openapi().matchAll(/"\$ref": "([^"]+)"/g)].map(([, reference = '']) => reference);
  expect(found.length).toBeGreaterThan(100);
  expect(found.filter((reference) => pointed(reference) === undefined)).toEqual([]);
  const unspoken = Object.keys(document.components.schemas).filter(
    (name) => !found.includes(`#/components/schemas/${name}`),
  );
  expect(unspoken).toEqual([]);
});

test('every operation has its route, and every route one name', () => {
  for (const { name, http } of operations) {
    expect(document.paths[http.path]?.[http.method.toLowerCase()]?.operationId).toBe(name);
  }
  const ids = items.map(({ item }) => item.operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

describe.each(items.map(({ path, method, item }) => [`${method} ${path}`, path, item] as const))(
  '%s',
  (_, path, item) => {
    const parameters = item.parameters ?? [];

    test('declares the parameters of its path, and each parameter once', () => {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = parameters.filter((parameter) => parameter.in === 'path');
      expect(declared.map(({ name }) => name).sort()).toEqual(inPath.sort());
      expect(declared.every(({ required }) => required)).toBe(true);
      const places = parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
      expect(new Set(places).size).toBe(places.length);
      expect(parameters.filter(({ description }) => !description)).toEqual([]);
    });

    test('has examples that fit their schemas', () => {
      const bodies = Object.values(item.requestBody?.content ?? {});
      for (const { schema, example } of [...parameters, ...bodies]) {
        if (example === undefined) continue;
        const whole = Compile({ ...schema, components: document.components } as never);
        expect([...whole.Errors(example)]).toEqual([]);
      }
    });

    test('answers something good, and every failure as a problem with its codes', () => {
      const statuses = Object.keys(item.responses);
      expect(statuses.some((status) => status.startsWith('2'))).toBe(true);
      if (item.security !== undefined) return;
      for (const always of ['400', '401', '403', '429', '500', '503']) expect(statuses).toContain(always);
      for (const [status, { description, content }] of Object.entries(item.responses)) {
        if (Number(status) < 400) continue;
        expect(Object.keys(content ?? {})).toEqual(['application/problem+json']);
        const codes = [...description.matchAll(/^`(\w+)`/gm)].map(([, code]) => code as keyof typeof errors);
        expect(codes.length).toBeGreaterThan(0);
        for (const code of codes) {
          const other = { conflict: '412', request_too_large: '431' }[code as string];
          const fits = errors[code].http === Number(status) || other === status;
          expect([code, fits]).toEqual([code, true]);
        }
      }
    });
  },
);
