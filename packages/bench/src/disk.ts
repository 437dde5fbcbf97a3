import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What the file system gave to everything in a folder. */
export function diskBytes(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += diskBytes(path);
    // Blocks, for a file may be longer than what it holds, and what is filled ahead of time counts too.
    else bytes += statSync(path).blocks * 512 || statSync(path).size;
  }
  return bytes;
}

/** A new folder in another. */
export function subfolder(folder: string, name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}
