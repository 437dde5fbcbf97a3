import type { Client, Work } from '../client.js';
import { startClient } from '../clients/start.js';
import { languageIds } from '../languages.js';
import type { Plan } from '../plan.js';
import { kdeltaAbsent } from '../server.js';
import { median } from '../timed.js';
import type { Metric, Sample, StepParams, Workload } from '../workload.js';

const CALLERS = 64;

/** A block of single calls; its rate is one figure, and the median of them counts. */
interface Block {
  readonly metric: Metric;
  readonly what: Work['what'];
  readonly callers: number;
  readonly calls: number;
}

const blocks: readonly Block[] = [
  block('get', 'gets/s', 1, 64),
  block('gets', `by ${CALLERS}`, CALLERS, 256),
  block('put', 'puts/s', 1, 16),
  block('puts', `by ${CALLERS}`, CALLERS, 256),
];

/** Single calls from each language, and what they cost beside the engine in this process and beside bare HTTP. */
export function wireCalls(plan: Plan): Workload {
  return {
    name: 'wire-calls',
    title: 'Single calls from each language',
    how: `Gets and durable puts of documents, one after another and by ${CALLERS} callers at once; the median of blocks. KoruDelta is the engine in this process; node:http moves 100 bytes either way and neither reads nor writes anything.`,
    metrics: blocks.map(({ metric }) => metric),
    contenders: ['bare-http', 'koru-delta', ...languageIds],
    once: plan.name !== 'full',
    absent: kdeltaAbsent,
    turn: ({ plan, contender, fresh, folder }) =>
      fresh('wire-calls', { plan, folder: folder(), contender: contender.id, size: Math.min(plan.rows, 20_000) }),
    steps: { 'wire-calls': calls },
  };
}

function block(name: string, title: string, callers: number, calls: number): Block {
  return {
    metric: { name, title, unit: 'per second', better: 'more' },
    what: name.startsWith('get') ? 'get' : 'put',
    callers,
    calls,
  };
}

async function calls({ plan, folder, contender, size }: StepParams): Promise<Sample> {
  const { client, end } = await startClient(contender, folder, size);
  await client.run({ what: 'lines', from: 0, count: size, callers: 1 });
  const sample: Record<string, number> = {};
  for (const one of blocks) {
    await rate(client, one, size, plan.milliseconds / 2);
    sample[one.metric.name] = await rate(client, one, size, plan.milliseconds);
  }
  await end();
  return sample;
}

/** Calls a second, by the median of the blocks that the time has room for, of three at least. */
async function rate(client: Client, { what, callers, calls }: Block, rows: number, milliseconds: number) {
  const times: number[] = [];
  const started = performance.now();
  do {
    const from = (times.length * calls) % (rows - calls + 1);
    times.push((await client.run({ what, from, count: calls, callers })).milliseconds);
  } while (times.length < 3 || performance.now() - started < milliseconds);
  return (calls / median(times)) * 1_000;
}
