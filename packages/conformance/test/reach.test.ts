import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ErrorCode, errors, operations } from '@koru-delta/protocol';
import { expect, test } from 'vitest';
import { elsewhere } from '../src/elsewhere.js';
import { committed, type Step } from '../src/vector.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const handmade = committed().filter(({ seed }) => seed === undefined);
const steps = handmade.flatMap((script) => flat(script.steps));
const refused = new Set(steps.map(({ error }) => error?.code).filter((code) => code !== undefined));

function flat(all: readonly Step[]): Step[] {
  return all.flatMap((step) => [step, ...flat(step.during ?? [])]);
}

test('every operation is answered and, where it can be, refused', () => {
  for (const { name, errors } of operations) {
    const own = steps.filter(({ op }) => op === name);
    expect([name, own.some(({ expect }) => expect !== undefined)]).toEqual([name, true]);
    if (errors.length > 0) expect([name, own.some(({ error }) => error !== undefined)]).toEqual([name, true]);
  }
});

test('every param of every operation is given', () => {
  const missing = operations.flatMap(({ name, types, params }) => {
    const { properties } = types[params] as { properties: Record<string, unknown> };
    const given = new Set(steps.filter(({ op }) => op === name).flatMap(({ params = {} }) => Object.keys(params)));
    return Object.keys(properties)
      .filter((param) => !given.has(param) && param !== 'credit')
      .map((param) => `${name}.${param}`);
  });
  expect(missing).toEqual([]);
});

test('every failure is reached, or there is a reason and a proof elsewhere', () => {
  const codes = Object.keys(errors) as ErrorCode[];
  expect([...refused].filter((code) => !codes.includes(code as ErrorCode))).toEqual([]);
  expect(codes.filter((code) => !refused.has(code) && !elsewhere[code])).toEqual([]);
  expect(Object.keys(elsewhere).filter((code) => refused.has(code))).toEqual([]);
});

test.each(Object.entries(elsewhere).flatMap(([code, { proof }]) => (proof ? [[code, proof] as const] : [])))(
  '%s is proved in %s',
  (code, proof) => {
    const pascal = code.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const mention = new RegExp(`\\b${code}\\b|\\b(?:Err)?${pascal}\\b`);
    expect(filesOf(join(root, proof)).some((file) => mention.test(readFileSync(file, 'utf8')))).toBe(true);
  },
);

function filesOf(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
