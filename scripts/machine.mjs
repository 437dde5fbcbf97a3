// What the machine must have before anything can be built: Node, Rust and a C compiler to link with.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { root, run } from './child.mjs';

const aptGet = '/usr/bin/apt-get';

/** A machine that lacks something: the message is the one line the user needs. */
export class MachineError extends Error {}

/** Checks the machine, and brings what is missing where that is allowed. Returns what was found, for the log. */
export async function checkMachine() {
  const node = checkNode();
  const cargo = checkCargo();
  const compiler = await checkCompiler();
  const tracer = await checkTracer();
  return [`node ${node}`, cargo, compiler, tracer].join(', ');
}

function checkNode() {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const wanted = engines.node.replace('>=', '');
  const found = process.versions.node;
  if (isOlder(found, wanted)) {
    throw new MachineError(`Node ${wanted} or newer is needed, this is ${found}. Install it from https://nodejs.org`);
  }
  return found;
}

function checkCargo() {
  const wanted = /^rust-version = "(.+)"$/m.exec(readFileSync(join(root, 'Cargo.toml'), 'utf8'))?.[1] ?? '0';
  // rustup's installer changes the PATH of the next login only; a shell that was open before does not know it yet.
  const cargoHome = join(process.env.CARGO_HOME ?? join(homedir(), '.cargo'), 'bin');
  if (!version('cargo') && existsSync(cargoHome)) process.env.PATH = cargoHome + delimiter + process.env.PATH;
  const line = version('cargo');
  if (!line) {
    throw new MachineError(
      `Rust ${wanted} or newer is needed and cargo was not found. Install it from https://rustup.rs`,
    );
  }
  const found = line.split(' ')[1] ?? '0';
  if (isOlder(found, wanted)) {
    throw new MachineError(`Rust ${wanted} or newer is needed, this is ${found}. Run: rustup update stable`);
  }
  return `cargo ${found}`;
}

async function checkCompiler() {
  // On Windows rustup brings the linker of the Visual Studio Build Tools, and says so itself when they are missing.
  if (process.platform === 'win32') return 'msvc';
  const found = version('cc');
  if (found) return found;
  const install = installing('gcc', 'libc6-dev');
  if (process.platform === 'darwin') throw new MachineError('A C compiler is needed. Run: xcode-select --install');
  if (!existsSync(aptGet)) throw new MachineError('A C compiler (cc) is needed. Install gcc');
  if (process.getuid?.() !== 0) throw new MachineError(`A C compiler (cc) is needed. Run: sudo ${install}`);
  console.log('  No C compiler found; installing gcc with apt-get.');
  const failed = await runAll('apt-get update --quiet', install);
  if (failed) throw new MachineError(`"${failed}" failed. A C compiler (cc) is needed`);
  return version('cc') ?? 'cc';
}

/** Two tests follow what the engine asks of Linux. Without strace they are skipped and say so: nothing else needs it. */
async function checkTracer() {
  if (process.platform !== 'linux') return 'no strace here';
  const found = version('strace');
  if (found) return found;
  const install = installing('strace');
  if (!existsSync(aptGet) || process.getuid?.() !== 0) return `no strace (two tests are skipped; sudo ${install})`;
  console.log('  No strace found; installing it with apt-get.');
  const failed = await runAll('apt-get update --quiet', install);
  return failed ? `no strace ("${failed}" failed; two tests are skipped)` : (version('strace') ?? 'strace');
}

/** @param {...string} packages */
function installing(...packages) {
  return `apt-get install --yes --no-install-recommends ${packages.join(' ')}`;
}

/**
 * Runs commands until one fails. Returns that one.
 *
 * @param {...string} commands
 */
async function runAll(...commands) {
  for (const command of commands) {
    const { code } = await run(command.split(' '), { env: { DEBIAN_FRONTEND: 'noninteractive' } });
    if (code !== 0) return command;
  }
  return undefined;
}

/**
 * The first line a program prints for `--version`, or undefined when it cannot be run.
 *
 * @param {string} program
 */
function version(program) {
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.split('\n')[0] : undefined;
}

/**
 * Whether a version is lower than another.
 *
 * @param {string} found
 * @param {string} wanted
 */
export function isOlder(found, wanted) {
  return found.localeCompare(wanted, 'en', { numeric: true }) < 0;
}
