import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { describe, expect, test } from 'vitest';
import { errors } from '../src/errors.js';
import { limits } from '../src/limits.js';
import { modelNamed, models } from '../src/model.js';
import { operations } from '../src/operations.js';
import { root } from '../src/rendered.js';
import { types } from '../src/types.js';

describe.each(operations.map((operation) => [operation.name, operation] as const))('%s', (_, operation) => {
  test('has params that are closed and a result that is open', () => {
    expect(modelNamed(operation.params)).toMatchObject({ closed: true });
    expect(modelNamed(operation.result)).toMatchObject({ closed: false });
  });

  test('has an example that its params take, and that another member would spoil', () => {
    const params = Compile(types, types[operation.params] ?? Type.Never());
    expect([...params.Errors(operation.example)]).toEqual([]);
    expect(params.Check({ ...operation.example, nobodyKnowsThis: 1 })).toBe(false);
  });
});

test('no two operations have one name', () => {
  expect(new Set(operations.map(({ name }) => name)).size).toBe(operations.length);
});

test('every type that is mentioned exists, and every type is reached from an operation', () => {
  const reached = new Set<string>();
  const visit = (name: string) => {
    if (reached.has(name)) return;
    reached.add(name);
    for (const [, inner] of JSON.stringify(types[name]).matchAll(/"\$ref":"(\w+)"/g)) visit(inner ?? '');
  };
  for (const { params, result } of operations) {
    visit(params);
    visit(result);
  }
  expect([...reached].filter((name) => !(name in types))).toEqual([]);
  expect(models.map(({ name }) => name).filter((name) => !reached.has(name))).toEqual([]);
});

test('every type and every member is described', () => {
  const bare = models.flatMap(({ name, doc, fields }) => [
    ...(doc === '' ? [name] : []),
    ...(fields ?? []).filter((field) => field.doc === '').map((field) => `${name}.${field.name}`),
  ]);
  expect(bare).toEqual([]);
});

test('failures that cannot be helped by another try are told from those that can', () => {
  for (const [code, { http, retryable, exit }] of Object.entries(errors)) {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(http).toBeGreaterThanOrEqual(400);
    expect(exit).toBeGreaterThan(0);
    // A conflict is an answer: trying again unchanged would write over what somebody else wrote.
    if (http === 409) expect(retryable, code).toBe(false);
  }
});

test.each<[keyof typeof limits, string, string]>([
  ['namespaceBytes', 'address.rs', 'MAX_NAMESPACE_BYTES'],
  ['keyBytes', 'address.rs', 'MAX_KEY_BYTES'],
  ['valueBytes', 'json.rs', 'MAX_VALUE_BYTES'],
  ['valueDepth', 'json.rs', 'MAX_DEPTH'],
  ['annotationBytes', 'annotation.rs', 'MAX_ANNOTATION_BYTES'],
  ['batchBytes', 'batch.rs', 'MAX_BATCH_BYTES'],
  ['pageItems', 'view.rs', 'MAX_PAGE'],
])('the engine holds %s', (limit, file, name) => {
  const source = readFileSync(join(root, 'packages/engine/src', file), 'utf8');
  const [, text = ''] = new RegExp(`const ${name}: usize = ([^;]+);`).exec(source) ?? [];
  const [first = 'none', shift = '0'] = text.replaceAll('_', '').split('<<');
  expect(Number(first) * 2 ** Number(shift)).toBe(limits[limit]);
});
