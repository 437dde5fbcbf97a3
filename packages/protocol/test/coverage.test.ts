import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { named, rustOnly } from '../src/clients.js';
import { counterparts, type Language } from '../src/emit/coverage.js';
import { operations } from '../src/operations.js';
import { root } from '../src/rendered.js';

/** Where the methods of each client stand, and how one is written. */
const sources: Record<Language | 'rust', { folder: string; extension: string; method: (name: string) => RegExp }> = {
  rust: {
    folder: 'packages/engine/src',
    extension: '.rs',
    method: (name) => new RegExp(`^    pub fn ${name}[<(]|^pub struct ${name}\\b`, 'm'),
  },
  typescript: {
    folder: 'packages/koru-delta/src',
    extension: '.ts',
    method: (name) => new RegExp(`^  (static )?(async )?\\*?${name}[<(]`, 'm'),
  },
  python: {
    folder: 'bindings/python/src/koru_delta',
    extension: 'client.py',
    method: (name) => new RegExp(`^    (async )?def ${name}\\(`, 'm'),
  },
  go: {
    folder: 'bindings/go',
    extension: '.go',
    method: (name) => new RegExp(`^func (\\(\\w+ \\*?(DB|reads)\\) )?${name}[[(]`, 'm'),
  },
};

function textOf(language: keyof typeof sources): string {
  const { folder, extension } = sources[language];
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  const found = names.filter((name) => name.endsWith(extension) && !name.endsWith('_test.go'));
  return found.map((name) => readFileSync(join(root, folder, name), 'utf8')).join('\n');
}

test('only operations have names', () => {
  const all = operations.map(({ name }) => name);
  expect(Object.keys(named).filter((name) => !all.includes(name))).toEqual([]);
});

describe.each(Object.keys(sources) as (keyof typeof sources)[])('%s', (language) => {
  const text = textOf(language);
  const { method } = sources[language];

  test('has the methods that the table names, and not one that nobody named', () => {
    const operationsOf = Object.values(named).map((each) => each[language]);
    const others =
      language === 'rust'
        ? Object.keys(rustOnly)
        : Object.values(rustOnly).flatMap((each) => (typeof each === 'string' ? [] : [each[language]]));
    const missing = [...operationsOf, ...others].filter((name) => !method(name).test(text));
    expect(missing).toEqual([]);
    expect(method('noSuchMethod').test(text)).toBe(false);
  });
});

test('the asynchronous client of Python has them too', () => {
  const text = readFileSync(join(root, 'bindings/python/src/koru_delta/_async_client.py'), 'utf8');
  const names = Object.values(named).map(({ python }) => python);
  expect(names.filter((name) => !sources.python.method(name).test(text))).toEqual([]);
});

test('every command of the table is one of kdelta', () => {
  const commands = readdirSync(join(root, 'packages/cli/src/commands')).map((name) => name.replace('.ts', ''));
  const spoken = Object.values(named).map(({ kdelta }) => kdelta);
  expect(spoken.filter((kdelta) => typeof kdelta === 'string' && !commands.includes(kdelta))).toEqual([]);
  // What has no command has a reason.
  expect(spoken.filter((kdelta) => typeof kdelta !== 'string' && kdelta.none.length < 10)).toEqual([]);
});

test('every public method of the engine has its counterparts or a reason, and 95 % have counterparts', () => {
  const text = textOf('rust');
  const blocks = [...text.matchAll(/^impl (?:KoruDelta|View) \{\n([\s\S]*?)^\}/gm)].map(([, block = '']) => block);
  const methods = blocks.flatMap((block) => [...block.matchAll(/^ {4}pub fn (\w+)/gm)].map(([, name = '']) => name));
  expect(methods.length).toBeGreaterThan(40);
  expect(methods.filter((name) => !(name in counterparts))).toEqual([]);
  const found = methods.filter((name) => typeof counterparts[name] !== 'string');
  expect(found.length / methods.length).toBeGreaterThanOrEqual(0.95);
});
