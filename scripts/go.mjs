// Go for the tests of its client.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './child.mjs';
import { isOlder, MachineError } from './machine.mjs';

/** Checks that Go is there and new enough for the module. */
export async function checkGo() {
  const wanted = /^go (\S+)$/m.exec(readFileSync(join(root, 'bindings/go/go.mod'), 'utf8'))?.[1] ?? '0';
  const { status, stdout } = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' });
  const found = stdout?.trim().replace(/^go/, '');
  if (status !== 0 || !found || isOlder(found, wanted)) {
    throw new MachineError(
      `Go ${wanted} or newer is needed for the tests of its client${found ? `, this is ${found}` : ''}: https://go.dev/dl`,
    );
  }
  return true;
}
