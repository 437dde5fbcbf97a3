import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The version of a package that this one has installed. */
export function installedVersion(name: string): string {
  return versionIn(new URL(`../node_modules/${name}/package.json`, import.meta.url));
}

/** The version of KoruDelta. */
export function ownVersion(): string {
  return versionIn(createRequire(import.meta.url).resolve('koru-delta/package.json'));
}

function versionIn(manifest: string | URL): string {
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
