import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { done, folder, kdelta, start } from './kdelta.js';

/** A bridge as a client in another language starts it. */
class Bridge {
  readonly child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #next = 0;

  constructor(cwd: string, ...options: string[]) {
    this.child = start(['bridge', '--stdio', ...options], { cwd });
    if (!this.child.stdout) throw new Error('The child has no output.');
    this.#lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  async call(method: string, params: object) {
    this.#next += 1;
    this.child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', id: this.#next, method, params })}\n`);
    return JSON.parse((await this.#lines.next()).value);
  }

  async end(): Promise<unknown> {
    this.child.stdin?.end();
    const [code] = await once(this.child, 'exit');
    return code;
  }
}

test('a bridge lives as long as its pipe, whatever is pressed in the terminal', async () => {
  const cwd = folder();
  const bridge = new Bridge(cwd, '--db', 'data');
  expect((await bridge.call('hello', { protocols: [1] })).result).toMatchObject({ protocol: 1 });
  for (let press = 0; press < 3; press += 1) bridge.child.kill('SIGINT');
  const written = await bridge.call('put', { namespace: 'users', key: 'alice', value: { age: 30 } });
  expect(written.result).toMatchObject({ seq: 1 });
  const locked = kdelta(['set', 'users/bob', '1', '--db', 'data'], { cwd });
  expect(locked.code).toBe(6);
  expect(await bridge.end()).toBe(0);
  expect(done(['get', 'users/alice', '--json', '--db', 'data'], { cwd })).toContain('"value":{"age":30}');
});

test('a bridge that is told to stop finishes what it was told before', async () => {
  const cwd = folder();
  const bridge = new Bridge(cwd, '--db', 'data');
  await bridge.call('put', { namespace: 'n', key: 'k', value: 1 });
  const ended = once(bridge.child, 'exit');
  bridge.child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(done(['get', 'n/k', '--db', 'data'], { cwd })).toBe('1\n');
});

test('a bridge that cannot begin says so where a person looks, and nothing on its output', async () => {
  const cwd = folder();
  const { code, stdout, stderr } = kdelta(['bridge', '--db', 'data'], { cwd });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('kdelta bridge --stdio');
});
