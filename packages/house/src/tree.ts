import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/child.mjs';

/** A text file of the repository: its path relative to the root, with forward slashes, and its content. */
export interface SourceFile {
  path: string;
  text: string;
}

/** Folders that git ignores, and golden files, which are bytes on purpose. */
const skipped = new Set([
  '.git',
  '.kdelta',
  'demo-data',
  '.turbo',
  '.venv',
  '.pytest_cache',
  '.mypy_cache',
  '.ruff_cache',
  '__pycache__',
  'coverage',
  'dist',
  'golden',
  'node_modules',
  'target',
]);
const skippedEnds = ['.node', '.tgz', '.tsbuildinfo', 'Cargo.lock', 'pnpm-lock.yaml'];

/** Every text file that people write, in the order of the paths. */
export function readTree(): SourceFile[] {
  return [...walk('')]
    .map((path) => ({ path, bytes: readFileSync(join(root, path)) }))
    .filter(({ bytes }) => !bytes.includes(0))
    .map(({ path, bytes }) => ({ path, text: bytes.toString('utf8') }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function* walk(folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    if (skipped.has(entry.name)) continue;
    if (entry.isDirectory()) yield* walk(path);
    else if (entry.isFile() && !skippedEnds.some((end) => path.endsWith(end))) yield path;
  }
}

export function isRust({ path }: SourceFile): boolean {
  return path.endsWith('.rs');
}

export function isScript({ path }: SourceFile): boolean {
  return /\.([cm]?[jt]s|[jt]sx)$/.test(path);
}

/** The number of the line on which the offset lies. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
