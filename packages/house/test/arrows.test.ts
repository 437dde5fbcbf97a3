import { expect, test } from 'vitest';
import { importBreaches, manifestBreaches, type Node } from '../src/arrows.js';
import { readCrates } from '../src/crates.js';
import { dependenciesOf, readPackages } from '../src/manifests.js';
import { readTree } from '../src/tree.js';

const allowed = { top: ['middle'], middle: ['bottom'], bottom: [] };
const planted: Node[] = [
  { folder: 'top', name: '@x/top', dependencies: ['@x/middle', 'elsewhere'] },
  { folder: 'middle', name: '@x/middle', dependencies: ['@x/bottom'] },
  { folder: 'bottom', name: '@x/bottom', dependencies: [] },
];

test('a manifest that points upwards, past a layer or from an unplaced folder is found', () => {
  const nodes = [
    { folder: 'top', name: '@x/top', dependencies: ['@x/bottom'] },
    { folder: 'middle', name: '@x/middle', dependencies: ['@x/top'] },
    { folder: 'bottom', name: '@x/bottom', dependencies: [] },
    { folder: 'lost', name: '@x/lost', dependencies: [] },
  ];
  expect(manifestBreaches(nodes, allowed)).toEqual([
    'top depends on bottom',
    'middle depends on top',
    'lost has no place in packages/house/src/arrows.ts',
  ]);
  expect(manifestBreaches(planted, allowed)).toEqual([]);
});

test.each([
  ["import { a } from '@x/top';", '@x/top of top'],
  ["import type { A } from '@x/top';", '@x/top of top'],
  ["export * from '@x/top/deep';", '@x/top/deep of top'],
  ["const a = await import('@x/top');", '@x/top of top'],
  ["import '../../top/src/a.js';", '../../top/src/a.js of top'],
  ["import '../../elsewhere/a.js';", '../../elsewhere/a.js of outside'],
])('an import that points upwards is found: %s', (text, found) => {
  expect(importBreaches([{ path: 'middle/src/a.ts', text }], planted, allowed)).toEqual([
    `middle/src/a.ts imports ${found}`,
  ]);
});

test.each([
  "import { a } from '@x/bottom';",
  "import './b.js';",
  "import 'node:fs';",
  "import 'elsewhere';",
  "// import '@x/top';",
])('an import that points downwards or away is no breach: %s', (text) => {
  expect(importBreaches([{ path: 'middle/src/a.ts', text }], planted, allowed)).toEqual([]);
});

const packages: Node[] = readPackages()
  .filter(({ folder }) => folder !== '.')
  .map((item) => ({
    folder: item.folder,
    name: item.manifest.name,
    dependencies: dependenciesOf(item).map(({ name }) => name),
  }));
const crates: Node[] = readCrates().map(({ folder, name, dependencies }) => ({
  folder,
  name,
  dependencies: dependencies.filter(({ path }) => path !== undefined).map((dependency) => dependency.name),
}));

test('the packages of the workspace depend downwards only', () => {
  expect(manifestBreaches(packages)).toEqual([]);
});

test('the crates of the workspace depend downwards only', () => {
  expect(manifestBreaches(crates)).toEqual([]);
});

test('the imports of the workspace lead downwards only', () => {
  expect(importBreaches(readTree(), packages)).toEqual([]);
});
