import { expect, test } from 'vitest';
import { versions } from '../../../scripts/version.mjs';
import { looseCrates, readCrates } from '../src/crates.js';
import { loose, readPackages, versionsApart, withoutReadme, wrongLicences } from '../src/manifests.js';

const packages = readPackages();
const crates = readCrates();

test.each([
  ['a', '^1.0.0', true],
  ['a', '~1.0.0', true],
  ['a', '1.x', true],
  ['a', 'latest', true],
  ['typescript', '^6.0.0', true],
  ['typescript', '~6.0.3', false],
  ['a', '1.0.0', false],
  ['a', '1.0.0-rc.1', false],
  ['a', 'workspace:*', false],
])('%s %s is loose: %s', (name, range, expected) => {
  expect(loose([{ folder: 'p', manifest: { name: 'p', dependencies: { [name]: range } } }]).length > 0).toBe(expected);
  expect(loose([{ folder: 'p', manifest: { name: 'p', peerDependencies: { [name]: range } } }])).toEqual([]);
});

test.each([
  ['^1.2.3', false],
  ['=1.2.3', false],
  ['^1.2', true],
  ['*', true],
])('the requirement %s of a crate is loose: %s', (req, expected) => {
  const crate = { name: 'c', version: '1.0.0', license: null, folder: 'c', dependencies: [{ name: 'd', req }] };
  expect(looseCrates([crate]).length > 0).toBe(expected);
});

test('a licence or a version of its own is found, and so is one that is missing', () => {
  const items = [
    { name: 'a', version: '1.0.0', license: 'MIT OR Apache-2.0' },
    { name: 'b', version: '1.0.1', license: 'MIT' },
    { name: 'c' },
  ];
  expect(wrongLicences(items)).toEqual(['b: MIT', 'c: none']);
  expect(versionsApart(items)).toEqual(['b: 1.0.1, not 1.0.0', 'c: none, not 1.0.0']);
});

test('a published package without a README is found', () => {
  const planted = [
    { folder: 'a', manifest: { name: 'a' } },
    { folder: 'b', manifest: { name: 'b', private: true } },
    { folder: 'c', manifest: { name: 'c' } },
  ];
  expect(withoutReadme(planted, (path) => path === 'c/README.md')).toEqual(['a']);
});

test('the workspace pins its dependencies', () => {
  expect([...loose(packages), ...looseCrates(crates)]).toEqual([]);
});

test('the workspace has one version', () => {
  const versioned = packages.filter(({ folder }) => folder !== '.').map(({ manifest }) => manifest);
  expect(versionsApart([...crates, ...versioned, ...versions()])).toEqual([]);
});

test('the workspace has one licence', () => {
  expect(wrongLicences([...crates, ...packages.map(({ manifest }) => manifest)])).toEqual([]);
});

test('every published package of the workspace has a README', () => {
  expect(withoutReadme(packages)).toEqual([]);
});
