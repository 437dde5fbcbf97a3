import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../../scripts/child.mjs';
import { readCrates } from '../src/crates.js';
import { type Dependency, readArguments, unargued } from '../src/dependencies.js';
import { dependenciesOf, readPackages } from '../src/manifests.js';
import { looseRequirements, readRequirements } from '../src/wheels.js';

const markdown = readFileSync(join(root, 'docs/decisions/0002-dependencies.md'), 'utf8');

test('a dependency without an argument is found, and so are empty and repeated arguments', () => {
  const table = readArguments(
    [
      '| dependency | where | why |',
      '|---|---|---|',
      '| `a` | npm: root | A reason that is long enough. |',
      '| `a` | npm: cli | A reason that is long enough. |',
      '| `b` | cargo: engine | |',
    ].join('\n'),
  );
  const used: Dependency[] = [
    { ecosystem: 'npm', name: 'a' },
    { ecosystem: 'cargo', name: 'a' },
  ];
  expect(unargued(used, table)).toEqual(['cargo: a', 'cargo: b: no reason', 'npm: a']);
});

test('every dependency of the workspace is argued for', () => {
  const packages = readPackages();
  const own = new Set(packages.map(({ manifest }) => manifest.name));
  const npm = packages.flatMap(dependenciesOf).filter(({ name }) => !own.has(name));
  const cargo = readCrates().flatMap(({ dependencies }) => dependencies.filter(({ path }) => path === undefined));
  const used = [
    ...npm.map(({ name }): Dependency => ({ ecosystem: 'npm', name })),
    ...cargo.map(({ name }): Dependency => ({ ecosystem: 'cargo', name })),
    ...readRequirements().map(({ name }): Dependency => ({ ecosystem: 'pip', name })),
  ];
  expect(used.length).toBeGreaterThan(20);
  expect(unargued(used, readArguments(markdown))).toEqual([]);
});

test('the requirements of Python are pinned', () => {
  expect(
    looseRequirements([
      { name: 'a', version: '1.0' },
      { name: 'b', version: undefined },
    ]),
  ).toEqual(['b']);
  const requirements = readRequirements();
  expect(requirements.length).toBeGreaterThan(5);
  expect(looseRequirements(requirements)).toEqual([]);
});
