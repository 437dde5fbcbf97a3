// Writes the version that changesets gave the packages to where the other languages keep theirs, so that all release one.

import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root, run } from './child.mjs';
import { foldersWith, manifest } from './workspace.mjs';

/** Where a version stands outside of the packages: what is before it on its line, and behind it. */
const places = [
  { file: 'Cargo.toml', line: /^(\[workspace\.package\]\nversion = ")([^"]*)(")$/m },
  { file: 'bindings/python/pyproject.toml', line: /^(version = ")([^"]*)(")$/m },
  { file: 'bindings/python/src/koru_delta/_version.py', line: /^(__version__ = ")([^"]*)(")$/m },
  { file: 'bindings/go/message.go', line: /^(\tclient += +"go\/)([^"]*)(")$/m },
];

/** The version that each place holds. */
export function versions() {
  return places.map(({ file, line }) => ({
    name: file,
    version: line.exec(readFileSync(join(root, file), 'utf8'))?.[2],
  }));
}

/** @param {string} version */
function write(version) {
  for (const { file, line } of places) {
    const path = join(root, file);
    const before = readFileSync(path, 'utf8');
    if (!line.test(before)) throw new Error(`${file} has no line with its version`);
    writeFileSync(path, before.replace(line, `$1${version}$3`));
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const found = new Set(foldersWith('package.json').map((folder) => manifest(folder).version));
  const [version, ...others] = found;
  if (!version || others.length > 0) throw new Error(`The packages disagree on the version: ${[...found].join(', ')}`);
  write(version);
  process.exitCode = (await run(['cargo', 'update', '--workspace', '--offline'])).code;
}
