import { setTimeout as pause } from 'node:timers/promises';
import { NAMESPACE } from '../client.js';
import { subfolder } from '../disk.js';
import { document } from '../document.js';
import { HttpClient } from '../http-client.js';
import { Listeners } from '../listeners.js';
import type { Plan } from '../plan.js';
import { peakMiB, residentMiB } from '../resident.js';
import { kdeltaAbsent, startBareServer, startServer } from '../server.js';
import { median, quantile } from '../timed.js';
import type { Sample, StepParams, Workload } from '../workload.js';

/** Documents in a burst. */
const BURST = 100;

/** So long it takes until everybody who was let in has caught up, in milliseconds. */
const SETTLED_MS = 300;

/** One writer, and many clients that are told of every write. */
export function feedFanOut(plan: Plan): Workload {
  return {
    name: 'feed-fan-out',
    title: `The feed of one server for ${plan.listeners} clients`,
    how: `Server-sent events of all writes. Deliveries in a second while batches of ${BURST} documents are written one after another; and the time from a single durable put to its delivery at each client, the clients' own reading included. node:http tells what is posted to it, without a database.`,
    metrics: [
      { name: 'rate', title: 'deliveries/s', unit: 'per second', better: 'more' },
      { name: 'p50', title: 'p50', unit: 'ms', better: 'less' },
      { name: 'p99', title: 'p99', unit: 'ms', better: 'less' },
      { name: 'idle', title: 'server with idle clients', unit: 'MiB', better: 'less' },
      { name: 'peak', title: 'its peak', unit: 'MiB', better: 'less' },
    ],
    contenders: ['bare-http', 'koru-delta'],
    once: plan.name !== 'full',
    absent: kdeltaAbsent,
    turn: ({ plan, contender, fresh, folder }) =>
      fresh('feed-fan-out', { plan, folder: folder(), contender: contender.id, size: plan.listeners }),
    steps: { 'feed-fan-out': tell },
  };
}

async function tell({ plan, folder, contender, size }: StepParams): Promise<Sample> {
  const server = await (contender === 'bare-http' ? startBareServer() : startServer(subfolder(folder, 'data')));
  const http = new HttpClient(server.url);
  const listeners = await Listeners.connect(`${server.url}/v1/watch`, size);
  await pause(SETTLED_MS);
  const idle = residentMiB(server.pid);
  let written = 0;
  /** Writes so many documents, and gives the times from then until each client has been told of the last. */
  const write = async (count: number): Promise<number[]> => {
    const lines = Array.from({ length: count }, () => {
      written += 1;
      return `${JSON.stringify({ key: `n${written}.`, value: document(written) })}\n`;
    });
    const heard = listeners.hear(`"key":"n${written}."`);
    await http.load(Buffer.from(lines.join('')), NAMESPACE);
    return heard;
  };
  const repeat = async (count: number): Promise<number[][]> => {
    const all: number[][] = [];
    const started = performance.now();
    do all.push(await write(count));
    while (performance.now() - started < 4 * plan.milliseconds);
    return all;
  };
  for (const count of [1, BURST]) await repeat(count);
  const singles = Float64Array.from((await repeat(1)).flat()).sort();
  const bursts = (await repeat(BURST)).map((times) => Math.max(...times));
  const sample = {
    rate: ((BURST * size) / median(bursts)) * 1_000,
    p50: quantile(singles, 0.5),
    p99: quantile(singles, 0.99),
    idle,
    peak: peakMiB(server.pid),
  };
  listeners.end();
  http.close();
  await server.stop();
  return sample;
}
