import { spawnSync } from 'node:child_process';
import { relative } from 'node:path';
import { root } from '../../../scripts/child.mjs';

/** A crate of the Cargo workspace, as `cargo metadata` describes it. */
export interface Crate {
  name: string;
  version: string;
  license: string | null;
  folder: string;
  dependencies: { name: string; req: string; path?: string }[];
}

export function readCrates(): Crate[] {
  const args = ['metadata', '--no-deps', '--offline', '--format-version', '1'];
  const { status, stdout, stderr } = spawnSync('cargo', args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`cargo metadata failed: ${stderr}`);
  const { packages } = JSON.parse(stdout) as { packages: (Omit<Crate, 'folder'> & { manifest_path: string })[] };
  return packages.map((crate) => ({ ...crate, folder: folderOf(crate.manifest_path) }));
}

function folderOf(manifestPath: string): string {
  return relative(root, manifestPath)
    .replaceAll('\\', '/')
    .replace(/\/Cargo\.toml$/, '');
}

/** Dependencies on other people's crates whose version is not written out in full; Cargo.lock then pins the rest. */
export function looseCrates(crates: Crate[]): string[] {
  return crates.flatMap(({ name, dependencies }) =>
    dependencies
      .filter(({ path, req }) => path === undefined && !/^[\^=]?\d+\.\d+\.\d+$/.test(req))
      .map((dependency) => `${name}: ${dependency.name} ${dependency.req}`),
  );
}
