// The packages of the workspace, as they lie on the disk.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './child.mjs';

/** The folders that hold packages; the same as in pnpm-workspace.yaml. */
const parents = ['packages', 'bindings', 'templates'];

/**
 * Every folder of the workspace that holds the named file, relative to the root and in order.
 *
 * @param {string} file
 */
export function foldersWith(file) {
  return parents
    .filter((parent) => existsSync(join(root, parent)))
    .flatMap((parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}`))
    .filter((folder) => existsSync(join(root, folder, file)))
    .sort();
}

/**
 * @param {string} folder
 * @returns {{ name: string, version?: string, private?: boolean, exports?: unknown }}
 */
export function manifest(folder) {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
}

/** The folders of the packages that are published. */
export function publicFolders() {
  return foldersWith('package.json').filter((folder) => !manifest(folder).private);
}
