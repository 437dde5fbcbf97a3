import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { done, folder, start } from './kdelta.js';

/** Documents in each batch. */
const SIZE = 200;

interface Served {
  child: ChildProcess;
  url: string;
  /** Aborts when the server is gone: a fetch was seen to wait for ever when its server was killed at its first request. */
  gone: AbortSignal;
}

async function serve(cwd: string): Promise<Served> {
  const child = start(['start', '--db', 'data', '--port', '0', '--json'], { cwd });
  if (!child.stdout) throw new Error('The child has no output.');
  const line = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  const gone = new AbortController();
  child.once('exit', () => gone.abort(new TypeError('The server is gone.')));
  return { child, url: JSON.parse(line.value).url, gone: gone.signal };
}

/** Writes a batch under its name, half of them as a load; true when it was acknowledged. */
async function write({ url, gone }: Served, batch: number): Promise<boolean> {
  const keys = Array.from({ length: SIZE }, (_, n) => `${batch}/${n}`);
  const isLoad = batch % 2 === 0;
  const body = isLoad
    ? keys.map((key) => `{"key":"n/${key}","value":{"batch":${batch},"filling":"${'x'.repeat(200)}"}}\n`).join('')
    : JSON.stringify({ ops: keys.map((key) => ({ namespace: 'n', key, value: { batch, filling: 'x'.repeat(200) } })) });
  try {
    const response = await fetch(`${url}/v1/${isLoad ? 'load' : 'batch'}`, {
      method: 'POST',
      signal: gone,
      body,
      headers: {
        'content-type': isLoad ? 'application/x-ndjson' : 'application/json',
        'idempotency-key': `batch-${batch}`,
      },
    });
    const receipt = await response.json();
    expect(receipt).toMatchObject({ count: SIZE });
    return true;
  } catch (error) {
    // The connection broke: whether it was written is not known.
    expect(error).toBeInstanceOf(TypeError);
    return false;
  }
}

test('a server that is killed in the middle of batches has each of them whole, and once when it is sent again', async () => {
  const cwd = folder();
  let batch = 0;
  let again = 0;
  for (let round = 0; round < 12; round += 1) {
    const served = await serve(cwd);
    const { child } = served;
    const killed = once(child, 'exit');
    setTimeout(() => child.kill('SIGKILL'), 20 + ((round * 37) % 150));
    while (await write(served, batch)) batch += 1;
    await killed;
    again += 1;
  }
  expect(again).toBe(12);
  const served = await serve(cwd);
  const { child, url } = served;
  // Every one once more: those that were acknowledged, and the one of which nothing is known.
  for (let one = 0; one <= batch; one += 1) expect(await write(served, one)).toBe(true);
  const stats = await (await fetch(`${url}/v1/stats?counts=true`)).json();
  expect(stats).toMatchObject({ versions: (batch + 1) * SIZE, keys: (batch + 1) * SIZE });
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(JSON.parse(done(['verify', '--db', 'data', '--json'], { cwd }))).toMatchObject({ ok: true });
}, 120_000);

test('a server that is told to stop waits for what stands still no longer than ten seconds', async () => {
  const cwd = folder();
  const { child, url } = await serve(cwd);
  const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
  const head =
    'POST /v1/load HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked';
  socket.write(`${head}\r\n\r\n18\r\n{"key":"n/a","value":1}\n\r\n`);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const [ended, began] = [once(child, 'exit'), performance.now()];
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(JSON.parse(done(['status', '--db', 'data', '--json'], { cwd })).versions).toBe(0);
}, 30_000);
