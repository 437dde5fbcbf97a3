import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../../scripts/child.mjs';
import {
  blocksOf,
  catalogueOf,
  commandsOf,
  comparable,
  documentedOf,
  missingLines,
  programsOf,
  promisesOf,
  sharedCatalogueOf,
  standsIn,
  steady,
} from '../src/documents.js';

const page = [
  '# One\n\n```js\nimport a;\n```\n\n```\nno language\n```\n',
  '## Two\n\n```js\nb();\n```\ntext\n```js\nimport c;\n```\n',
].join('\n');

test('blocks are found under their headings, and a program goes on until the next import', () => {
  expect(blocksOf(page).map(({ language, section }) => `${language} ${section}`)).toEqual([
    'js One',
    ' One',
    'js Two',
    'js Two',
  ]);
  expect(programsOf(page)).toEqual([
    { section: 'One', code: 'import a;\nb();\n' },
    { section: 'Two', code: 'import c;\n' },
  ]);
});

test('promises are the comments beside and below what prints', () => {
  const code =
    '// not this\nconsole.log(a); // one\nconsole.log(b);\n// two\n// three\nc();\n// nor this\nd(); // nor that\n';
  expect(promisesOf(code)).toEqual(['one', 'two', 'three']);
});

test('a promised line is missed when it is absent or out of order', () => {
  expect(missingLines('a\nb\nc\n', ['a', 'c'])).toEqual([]);
  expect(missingLines('a\nb\nc\n', ['c', 'a', 'x'])).toEqual(['a', 'x']);
});

test('commands come with what they show', () => {
  expect(commandsOf('$ a b\none\ntwo\n$ c\n')).toEqual([
    { command: 'a b', shown: 'one\ntwo\n' },
    { command: 'c', shown: '' },
  ]);
});

test('what differs from run to run has one spelling, and data keeps its own', () => {
  const text =
    '01M82STBFKS200001XQEZHBZAG 2026-11-22T23:35:16.723802Z 2008-10-01T00:00:00.000000Z in 0.3 s (670,518/s), 2026-11-22 23:35:16Z    x';
  expect(steady(text)).toBe('<version> <time> 2008-10-01T00:00:00.000000Z, <time>  x');
});

test('a line that the page cuts is cut, and no other', () => {
  expect(comparable('{"a":1,"b":2}\nmore\n', '{"a":1,<more>\nmore\n')).toBe('{"a":1,<more>\nmore\n');
  expect(comparable('{"b":1}\n', '{"a":1,<more>\n')).toBe('{"b":1}<more>\n');
});

test('a block of Rust stands in a file whatever its indentation, and no other block does', () => {
  expect(standsIn('a();\n  b();\n', 'fn main() {\n    a();\n    b();\n}\n')).toBe(true);
  expect(standsIn('a();\nc();\n', 'fn main() {\n    a();\n    b();\n}\n')).toBe(false);
});

test('the guide lists every error of the catalogue in its order, with its exit code and whether to try again', () => {
  const catalogue = catalogueOf(readFileSync(join(root, 'packages/engine/src/code/catalogue.rs'), 'utf8'));
  expect(catalogue.length).toBeGreaterThan(30);
  const guide = readFileSync(join(root, 'docs/guides/errors.md'), 'utf8');
  const engine = new Set(catalogue.map(({ code }) => code));
  expect(documentedOf(guide).filter(({ code }) => engine.has(code))).toEqual(catalogue);
  const everything = sharedCatalogueOf(readFileSync(join(root, 'packages/koru-delta/src/protocol.ts'), 'utf8'));
  const others = everything.filter(({ code }) => !engine.has(code));
  expect(others.length).toBeGreaterThan(8);
  expect(documentedOf(guide).filter(({ code }) => !engine.has(code))).toEqual(others);
});
