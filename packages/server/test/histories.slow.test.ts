import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { KoruDelta, KoruDeltaError } from 'koru-delta';
import { describe, expect, onTestFinished, test } from 'vitest';
import { contradictions, type Fed, type SeenRead, type SentWrite } from './history.js';

const program = fileURLToPath(new URL('../../cli/dist/kdelta.js', import.meta.url));
const CLIENTS = 8;
const KEYS = 5;

/** `KORU_HISTORIES` is how many are recorded, `KORU_SEED` where the seeds begin. */
const histories = Number(process.env.KORU_HISTORIES ?? 6);
const first = Number(process.env.KORU_SEED ?? 1);

/** Numbers from a seed (mulberry32). */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

/** A real server on one port and folder, which can be killed and started again. */
class Victim {
  readonly #folder = mkdtempSync(join(tmpdir(), 'koru-delta-histories-'));
  #child: ChildProcess | undefined;
  url = '';

  constructor() {
    onTestFinished(async () => {
      await this.kill();
      rmSync(this.#folder, { recursive: true, force: true });
    });
  }

  async start(): Promise<void> {
    const port = this.url === '' ? '0' : new URL(this.url).port;
    const args = [program, 'start', '--db', join(this.#folder, 'db'), '--port', port, '--json'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    for await (const line of createInterface({ input: child.stdout })) {
      this.url = JSON.parse(line).url;
      return;
    }
    throw new Error('The server ended before it said where it listens.');
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
}

interface Record {
  readonly writes: SentWrite[];
  readonly reads: SeenRead[];
}

/** One client: puts and gets until it is told to stop. A named write is sent again until it is answered. */
async function client(
  db: KoruDelta,
  name: number,
  roll: (sides: number) => number,
  { writes, reads }: Record,
  over: AbortSignal,
) {
  for (let n = 0; !over.aborted; n += 1) {
    const key = `k${roll(KEYS)}`;
    const began = performance.now();
    if (roll(3) === 0) {
      const version = await answered(() => db.getVersion<string>('ns', key));
      if (version === lost) continue;
      reads.push({ key, value: version?.value, began, ended: performance.now(), seq: version?.seq ?? 0 });
      continue;
    }
    const write: SentWrite = { key, value: `client ${name} write ${n}`, began };
    writes.push(write);
    const named = roll(2) === 0 ? { idempotencyKey: `${name}-${n}` } : {};
    do {
      const version = await answered(() => db.put('ns', key, write.value, named));
      if (version === lost) continue;
      write.seq = version.seq;
      write.ended = performance.now();
    } while ('idempotencyKey' in named && write.seq === undefined);
  }
}

const lost = Symbol('no answer came');

/** What a call answers; `lost` when the server was killed under it or was not there. */
async function answered<T>(call: () => Promise<T>): Promise<T | typeof lost> {
  try {
    return await call();
  } catch (error) {
    const codes = ['unreachable', 'connection_lost', 'timeout', 'unavailable'];
    if (!(error instanceof KoruDeltaError) || !codes.includes(error.code)) throw error;
    await pause(20);
    return lost;
  }
}

describe('what eight clients see over HTTP of a server that is killed has one order', () => {
  test.each(Array.from({ length: histories }, (_, n) => first + n))('seed %i', { timeout: 60_000 }, async (seed) => {
    const roll = dice(seed);
    const victim = new Victim();
    await victim.start();
    const record: Record = { writes: [], reads: [] };
    const over = new AbortController();
    const connections = await Promise.all(
      Array.from({ length: CLIENTS }, () => KoruDelta.connect(victim.url, { retries: 0 })),
    );
    const clients = connections.map((db, name) => client(db, name, dice(seed * 100 + name), record, over.signal));
    let kills = 0;
    for (; kills < 3; kills += 1) {
      await pause(200 + roll(400));
      await victim.kill();
      await victim.start();
    }
    await pause(200);
    over.abort();
    await Promise.all(clients);
    const feed: Fed[] = [];
    for await (const { key, value, seq } of connections[0]?.changes<string>() ?? [])
      feed.push({ key, value: value ?? '', seq });
    await Promise.all(connections.map((db) => db.close()));

    const unanswered = record.writes.filter(({ seq }) => seq === undefined).length;
    console.log(
      `${record.writes.length} writes, ${unanswered} without an answer, ${record.reads.length} reads, ${kills} kills`,
    );
    expect(contradictions(record.writes, record.reads, feed)).toEqual([]);
    expect(record.writes.length).toBeGreaterThan(30);
    expect(record.reads.length).toBeGreaterThan(10);
  });
});

test('a history that has no order is found', () => {
  const write = (value: string, began: number, ended: number, seq: number): SentWrite => ({
    key: 'k',
    value,
    began,
    ended,
    seq,
  });
  const read = (value: string | undefined, began: number, ended: number, seq: number): SeenRead => ({
    key: 'k',
    value,
    began,
    ended,
    seq,
  });
  const feed = [
    { key: 'k', value: 'a', seq: 1 },
    { key: 'k', value: 'b', seq: 2 },
  ];
  const [a, b] = [write('a', 0, 1, 1), write('b', 2, 3, 2)];
  expect(contradictions([a, b], [read('b', 4, 5, 2), read(undefined, 0, 1, 0)], feed)).toEqual([]);
  const wrong: [string, SentWrite[], SeenRead[], Fed[]][] = [
    ['a lost write', [a, b], [], feed.slice(0, 1)],
    ['a write that is there twice', [a], [], [...feed.slice(0, 1), { key: 'k', value: 'a', seq: 2 }]],
    ['a value from nowhere', [a], [], feed],
    ['a gap', [a], [], [{ key: 'k', value: 'a', seq: 2 }]],
    ['writes out of order', [write('a', 5, 6, 1), b], [], feed],
    ['a stale read', [a, b], [read('a', 4, 5, 1)], feed],
    ['a read that goes back', [a, write('b', 0, 9, 2)], [read('b', 1, 2, 2), read('a', 3, 4, 1)], feed],
    ['a read of the future', [a, write('b', 8, 9, 2)], [read('b', 1, 2, 2)], feed],
    ['a read of another value', [a, b], [read('a', 4, 5, 2)], feed],
  ];
  for (const [what, writes, reads, fed] of wrong) expect(contradictions(writes, reads, fed), what).not.toEqual([]);
});
