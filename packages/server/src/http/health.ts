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
  readonly is: 'ok' | 'failing';
  /** Why it fails, and figures. */
  readonly details: Readonly<Record<string, unknown>>;
}

interface Checks {
  readonly storage: Check;
  readonly memory: Check;
}

/** Tells whether the server lives, at /health, and whether requests should be sent to it, at /ready. */
export function addHealth(app: FastifyInstance, engine: Engine, stopping: AbortSignal): void {
  app.get('/health', async (_, reply) => {
    const { checks, answers } = await check(engine);
    const status = isOk(checks) ? 'healthy' : answers ? 'degraded' : 'unhealthy';
    // A database that takes no writes still answers reads: to start the process again is for people to decide.
    return send(reply, answers, {
      status,
      version: VERSION,
      checks: { storage: checks.storage.is, memory: checks.memory.is },
      details: { storage: checks.storage.details, memory: checks.memory.details },
    });
  });
  app.get('/ready', async (_, reply) => {
    const { checks } = await check(engine);
    const failing = Object.entries(checks).flatMap(([name, check]: [string, Check]) =>
      check.is === 'ok' ? [] : [name],
    );
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
  return storage.is === 'ok' && memory.is === 'ok';
}

/** What there is to say, and whether the engine answers at all. */
async function check({ carrier }: Engine): Promise<{ checks: Checks; answers: boolean }> {
  let stats: Stats | undefined;
  try {
    stats = JSON.parse(await carrier.call('stats', '{}')) as Stats;
  } catch {
    // What cannot be looked at is told as such; why stands in the answers to those who use it.
  }
  return { checks: { storage: storage(stats), memory: memory(stats) }, answers: stats !== undefined };
}

function storage(stats: Stats | undefined): Check {
  if (!stats) return { is: 'failing', details: { why: 'The database does not answer.' } };
  const { writable, readOnly } = stats;
  if (writable || readOnly) return { is: 'ok', details: { writable } };
  const why = 'The database takes no writes since one of them failed; reads go on. Opened again, it takes them.';
  return { is: 'failing', details: { writable, why } };
}

/** Bytes of the engine against its budget, and of the process. */
function memory(stats: Stats | undefined): Check {
  const { rss: processBytes } = process.memoryUsage();
  if (!stats) return { is: 'ok', details: { processBytes } };
  const { budget: budgetBytes, memtable, cache, segments } = stats.memory;
  const usedBytes = memtable + cache + segments;
  // The newest versions may stand above the budget for as long as they are written out.
  return { is: usedBytes > budgetBytes * 2 ? 'failing' : 'ok', details: { usedBytes, budgetBytes, processBytes } };
}
