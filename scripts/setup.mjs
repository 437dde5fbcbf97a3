// Makes a fresh clone ready: checks the machine, installs the workspace, builds what is not fresh.

import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pnpm, root, run, turbo } from './child.mjs';
import { checkMachine, MachineError } from './machine.mjs';
import { seconds } from './stage.mjs';

/** Runs every step in turn and stops at the first that fails. Returns whether the workspace is ready. */
export async function setup() {
  const lockfile = existsSync(join(root, 'pnpm-lock.yaml')) ? '--frozen-lockfile' : '--no-frozen-lockfile';
  return (
    (await step('Check the machine', describeMachine)) &&
    (await step('Install the workspace', () => succeeds(pnpm('--loglevel=error', 'install', lockfile)))) &&
    (await step('Build what changed (the first Rust build takes minutes)', () => succeeds(turbo('build'))))
  );
}

/**
 * @param {string} title
 * @param {() => Promise<boolean>} work
 */
async function step(title, work) {
  console.log(`setup: ${title}`);
  const started = performance.now();
  const ok = await work();
  console.log(`setup: ${ok ? 'done' : 'FAILED'} in ${seconds(performance.now() - started)}`);
  return ok;
}

async function describeMachine() {
  try {
    console.log(`  ${await checkMachine()}`);
    return true;
  } catch (error) {
    if (!(error instanceof MachineError)) throw error;
    console.error(`  ${error.message}`);
    return false;
  }
}

/** @param {string[]} command */
async function succeeds(command) {
  return (await run(command)).code === 0;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = (await setup()) ? 0 : 1;
}
