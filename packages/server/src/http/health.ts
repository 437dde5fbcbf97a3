import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Engine } from '../engine.js';
import { VERSION } from '../version.js';

interface Stats {
  readonly readOnly: boolean;
  readonly writable: boolean;
  readonly memory: { budget: number; memtable: number; cache: number; segments: number };
}

/** One thing that was looked at. */
interface Check {
  readonly status: 'ok' | 'failing';
  readonly detail?: string;
  readonly [number: string]: unknown;
}

interface Checks {
  readonly storage: Check;
  readonly memory: Check;
}

/** Tells whether the server lives, at /health, and whether requests should be sent to it, at /ready. */
export function addHealth(app: FastifyInstance, engine: Engine, stopping: AbortSignal): void {
  app.get('/health', async (_, reply) => {
    const checks = await check(engine);
    // A database that takes no writes still answers reads: to start the process again is for people to decide.
    return send(reply, true, { status: isOk(checks) ? 'ok' : 'failing', version: VERSION, checks });
  });
  app.get('/ready', async (_, reply) => {
    const checks = await check(engine);
    const failing = Object.entries(checks).flatMap(([name, { status }]) => (status === 'ok' ? [] : [name]));
    if (stopping.aborted) failing.unshift('stopping');
    return send(reply, failing.length === 0, { status: failing.length === 0 ? 'ready' : 'not ready', failing });
  });
}

function send(reply: FastifyReply, isOk: boolean, body: object): FastifyReply {
  if (!isOk) reply.header('retry-after', '1');
  return reply
    .code(isOk ? 200 : 503)
    .header('cache-control', 'no-store')
    .send(body);
}

function isOk({ storage, memory }: Checks): boolean {
  return storage.status === 'ok' && memory.status === 'ok';
}

async function check({ carrier }: Engine): Promise<Checks> {
  let stats: Stats | undefined;
  try {
    stats = JSON.parse(await carrier.call('stats', '{}')) as Stats;
  } catch {
    // What cannot be looked at is told as such; why stands in the answers to those who use it.
  }
  return { storage: storage(stats), memory: memory(stats) };
}

function storage(stats: Stats | undefined): Check {
  if (!stats) return { status: 'failing', detail: 'The database does not answer.' };
  if (stats.writable || stats.readOnly) return { status: 'ok', writable: stats.writable };
  return {
    status: 'failing',
    detail: 'The database takes no writes since one of them failed; reads go on. Opened again, it takes them.',
    writable: false,
  };
}

/** Bytes of the engine against its budget, and of the process. */
function memory(stats: Stats | undefined): Check {
  const { rss } = process.memoryUsage();
  if (!stats) return { status: 'ok', processBytes: rss };
  const { budget, memtable, cache, segments } = stats.memory;
  const used = memtable + cache + segments;
  // The newest versions may stand above the budget for as long as they are written out.
  const isOver = used > budget * 2;
  return { status: isOver ? 'failing' : 'ok', usedBytes: used, budgetBytes: budget, processBytes: rss };
}
