import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/child.mjs';
import { foldersWith } from '../../../scripts/workspace.mjs';

const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;

/** A package.json, as far as the rules read it. */
interface Manifest extends Partial<Record<(typeof kinds)[number], Record<string, string>>> {
  name: string;
  version?: string;
  private?: boolean;
  license?: string;
}

/** A manifest and the folder it lies in; the folder of the root is ".". */
export interface Package {
  folder: string;
  manifest: Manifest;
}

export function readPackages(): Package[] {
  return ['.', ...foldersWith('package.json')].map((folder) => ({
    folder,
    manifest: JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')),
  }));
}

/** Every dependency a package names, of every kind. */
export function dependenciesOf({ manifest }: Package): { name: string; range: string; kind: string }[] {
  return kinds.flatMap((kind) => Object.entries(manifest[kind] ?? {}).map(([name, range]) => ({ name, range, kind })));
}

/**
 * Dependencies that are not pinned. Peers may span a range, for the user picks them. TypeScript follows its minor, since the
 * compiler's API changes with the next one.
 */
export function loose(packages: Package[]): string[] {
  return packages.flatMap((item) =>
    dependenciesOf(item)
      .filter(({ name, range, kind }) => kind !== 'peerDependencies' && !isPinned(name, range))
      .map(({ name, range }) => `${item.folder}: ${name} ${range}`),
  );
}

function isPinned(name: string, range: string): boolean {
  if (name === 'typescript' && range.startsWith('~6.0')) return true;
  return range === 'workspace:*' || /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(range);
}

/** What has another licence than the project. */
export function wrongLicences(items: { name: string; license?: string | null | undefined }[]): string[] {
  return items
    .filter(({ license }) => license !== 'MIT OR Apache-2.0')
    .map(({ name, license }) => `${name}: ${license ?? 'none'}`);
}

/** What has another version than the first. */
export function versionsApart(items: { name: string; version?: string | undefined }[]): string[] {
  return items
    .filter(({ version }) => version === undefined || version !== items[0]?.version)
    .map(({ name, version }) => `${name}: ${version ?? 'none'}, not ${items[0]?.version}`);
}

/** Packages that are published without a word on what they are. */
export function withoutReadme(packages: Package[], exists = (path: string) => existsSync(join(root, path))): string[] {
  return packages
    .filter(({ folder, manifest }) => !manifest.private && !exists(`${folder}/README.md`))
    .map(({ folder }) => folder);
}
