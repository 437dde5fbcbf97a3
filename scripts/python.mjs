// Python for the tests of its client and of the server: the interpreter, and an environment with what the tests use.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './child.mjs';
import { isOlder, MachineError } from './machine.mjs';

const environment = 'bindings/python/.venv';
const requirements = ['bindings/python/requirements-test.txt', 'packages/server/test/requirements.txt'];
/** Holds the digest of the requirements that the environment was made of. */
const stamp = join(root, environment, 'requirements.sha256');
const oldest = '3.10';

/** The interpreter of the environment. */
export const python = join(root, environment, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');

/** Makes the environment, or makes it anew when the requirements changed. Returns whether it is there. */
export async function preparePython() {
  const hash = createHash('sha256');
  for (const file of requirements) hash.update(readFileSync(join(root, file)));
  const digest = hash.digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return true;
  const found = interpreter();
  rmSync(join(root, environment), { recursive: true, force: true });
  console.log(`  ${found} makes ${environment} and installs what the tests use.`);
  const steps = [
    [found, '-m', 'venv', environment],
    [
      python,
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      ...requirements.flatMap((file) => ['-r', file]),
    ],
  ];
  for (const step of steps) {
    const { code } = await run(step);
    if (code !== 0) throw new MachineError(`"${step.join(' ')}" failed. On Debian: apt-get install python3-venv`);
  }
  writeFileSync(stamp, digest);
  return true;
}

/** The first interpreter on the PATH that is new enough. */
function interpreter() {
  for (const name of ['python3', 'python']) {
    const { status, stdout } = spawnSync(name, ['-c', 'import platform; print(platform.python_version())'], {
      encoding: 'utf8',
    });
    if (status === 0 && !isOlder(stdout.trim(), oldest)) return name;
  }
  throw new MachineError(`Python ${oldest} or newer is needed for the tests: https://www.python.org`);
}
