// Child processes: every command of the scripts runs through here, streaming what it says.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of the workspace; every command runs in it. */
export const root = fileURLToPath(new URL('..', import.meta.url));

const { packageManager } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/**
 * The command line that runs the pinned pnpm on a machine that has only npm. Child processes of it find `pnpm` on their
 * PATH, which turbo needs.
 *
 * @param {...string} args
 * @returns {string[]}
 */
export function pnpm(...args) {
  return ['npx', '--yes', packageManager, ...args];
}

/**
 * The command line of a turbo task over the workspace.
 *
 * @param {string} task
 * @param {...string} args
 * @returns {string[]}
 */
export function turbo(task, ...args) {
  return pnpm('exec', 'turbo', 'run', task, '--ui=stream', '--output-logs=new-only', ...args);
}

/**
 * Runs a command to its end. Its output streams through; with `keep` what it prints to stdout is also returned.
 *
 * @param {string[]} command
 * @param {{ keep?: boolean, stdin?: boolean, env?: Record<string, string> }} [options]
 * @returns {Promise<{ code: number, output: string }>}
 */
export function run(command, { keep = false, stdin = false, env = {} } = {}) {
  const [program = '', ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', npm_config_loglevel: 'error', ...env },
      stdio: [stdin ? 'inherit' : 'ignore', keep ? 'pipe' : 'inherit', 'inherit'],
      // On Windows npx and the tools are .cmd files, which only a shell starts.
      shell: process.platform === 'win32' && (program === 'npx' || program.endsWith('.cmd')),
    });
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      output += text;
      process.stdout.write(text);
    });
    child.on('error', (error) => {
      console.error(`Cannot run ${program}: ${error.message}`);
      resolve({ code: 127, output });
    });
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
