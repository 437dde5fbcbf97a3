// Builds the addon beside the one that is in use, and then puts it in its place.
//
// A process that has the addon loaded has the file mapped into its memory: written over, it would crash. So the new one
// comes to its name by a rename, and the process keeps the old one until it ends.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));

/** Moves a file to its name. Windows lets nobody replace a library in use, but it may be given another name. */
function replace(from, to) {
  try {
    renameSync(from, to);
  } catch (error) {
    if (process.platform !== 'win32') throw error;
    renameSync(to, `${to}.${process.pid}.old`);
    renameSync(from, to);
  }
}

// In this folder, for a rename does not cross file systems.
const made = mkdtempSync(join(here, '.build-'));
try {
  const args = ['build', '--platform', '--release', '--no-js', '--output-dir', made, '--dts', 'native.d.ts'];
  const windows = process.platform === 'win32';
  const { status } = spawnSync('napi', [...args, ...process.argv.slice(2)], {
    cwd: here,
    stdio: 'inherit',
    shell: windows,
  });
  if (status === 0) for (const name of readdirSync(made)) replace(join(made, name), join(here, name));
  process.exitCode = status ?? 1;
} finally {
  rmSync(made, { recursive: true, force: true });
}
