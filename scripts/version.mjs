// Writes the version that changesets gave the packages into Cargo.toml, so that all languages release one version.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './child.mjs';
import { foldersWith, manifest } from './workspace.mjs';

const versions = new Set(foldersWith('package.json').map((folder) => manifest(folder).version));
const [version, ...others] = versions;
if (!version || others.length > 0) throw new Error(`The packages disagree on the version: ${[...versions].join(', ')}`);

const path = join(root, 'Cargo.toml');
const before = readFileSync(path, 'utf8');
const after = before.replace(/^(\[workspace\.package\]\nversion = )".*"$/m, `$1"${version}"`);
if (!after.includes(`[workspace.package]\nversion = "${version}"`)) {
  throw new Error('Cargo.toml must open [workspace.package] with the version');
}
writeFileSync(path, after);
process.exitCode = (await run(['cargo', 'update', '--workspace', '--offline'])).code;
