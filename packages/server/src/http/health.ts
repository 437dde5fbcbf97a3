import type { FastifyInstance } from 'fastify';
import type { Engine } from '../engine.js';
import { VERSION } from '../version.js';

interface Stats {
  readonly readOnly: boolean;
  readonly writable?: boolean;
  readonly memory: {
    readonly budget: number;
    readonly memtable: number;
    readonly cache: number;
    readonly segments: number;
  };
}

/** Tells whether the server lives, and whether it should be sent requests. */
export function addHealth(app: FastifyInstance, engine: Engine): void {
  app.get('/health', async (_, reply) => {
    const stats = await look(engine);
    return reply.code(stats ? 200 : 503).send({ status: stats ? 'ok' : 'failing', version: VERSION });
  });
}

async function look(engine: Engine): Promise<Stats | undefined> {
  try {
    return JSON.parse(await engine.carrier.call('stats', '{}')) as Stats;
  } catch {
    return undefined;
  }
}
