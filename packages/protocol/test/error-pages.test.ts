import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { codes } from '../src/emit/error-pages.js';
import { facts } from '../src/facts.js';
import { root } from '../src/rendered.js';

test('every code has its page, and there is no page of another', () => {
  const pages = ['README.md', ...codes.map((code) => `${code}.md`)];
  expect(readdirSync(join(root, 'docs/errors')).sort()).toEqual(pages.sort());
});

test('every fact of the engine is explained, and every fact that is explained is told by somebody', () => {
  const explained = new Set(Object.values(facts).flatMap(({ facts }) => Object.keys(facts)));
  // Beside these, which say where in what was given a failure lies, whatever it is, and what only the makers can use.
  const general = ['item', 'version', 'message'];
  const engine = sources('packages/engine/src', '.rs');
  const told = [...engine.matchAll(/\.fact\(\s*"(\w+)"/g)].map(([, name = '']) => name);
  expect(told.filter((name) => !explained.has(name) && !general.includes(name))).toEqual([]);
  const clients = sources('packages/koru-delta/src', '.ts') + sources('packages/server/src', '.ts');
  const untold = [...explained].filter((name) => !told.includes(name) && !new RegExp(`\\b${name}\\b`).test(clients));
  expect(untold).toEqual([]);
});

function sources(folder: string, extension: string): string {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  const found = names.filter((name) => name.endsWith(extension));
  expect(found.length).toBeGreaterThan(0);
  return found.map((name) => readFileSync(join(root, folder, name), 'utf8')).join('\n');
}
