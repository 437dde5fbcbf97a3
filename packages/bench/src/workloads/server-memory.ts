import { setTimeout as pause } from 'node:timers/promises';
import { NAMESPACE } from '../client.js';
import { subfolder } from '../disk.js';
import { batches, DOCUMENT_BYTES, KEY_BYTES } from '../document.js';
import { HttpClient } from '../http-client.js';
import { BATCH, type Plan } from '../plan.js';
import { peakMiB, residentMiB } from '../resident.js';
import { kdeltaAbsent, startBareServer, startServer } from '../server.js';
import type { Sample, StepParams, Workload } from '../workload.js';

/** How many times the rows of a load are written. */
const TIMES = 10;

/** So long nobody asks before it counts as at rest, in milliseconds. */
const REST_MS = 1_000;

/** The memory of the server as the system counts it. */
export function serverMemory(plan: Plan): Workload {
  const mebibytes = Math.round((plan.rows * TIMES * (DOCUMENT_BYTES + KEY_BYTES)) / 2 ** 20);
  return {
    name: 'server-memory',
    title: 'Memory of the server',
    how: `\`kdelta start\` before anything was asked; its peak while ${mebibytes} MiB of documents are loaded in bodies of ${BATCH.toLocaleString('en')}; and a second after that. node:http, which gets the same bodies and drops them, is what Node takes by itself.`,
    metrics: [
      { name: 'rest', title: 'at rest', unit: 'MiB', better: 'less' },
      { name: 'peak', title: 'peak under load', unit: 'MiB', better: 'less' },
      { name: 'after', title: 'after it', unit: 'MiB', better: 'less' },
    ],
    contenders: ['bare-http', 'koru-delta'],
    once: true,
    absent: kdeltaAbsent,
    turn: ({ plan, contender, fresh, folder }) =>
      fresh('server-memory', { plan, folder: folder(), contender: contender.id, size: plan.rows * TIMES }),
    steps: { 'server-memory': measure },
  };
}

async function measure({ folder, contender, size }: StepParams): Promise<Sample> {
  const server = await (contender === 'bare-http' ? startBareServer() : startServer(subfolder(folder, 'data')));
  const http = new HttpClient(server.url);
  const rest = residentMiB(server.pid);
  for (const rows of batches(size, 1, BATCH)) {
    const lines = rows.map((row) => `${JSON.stringify(row)}\n`);
    await http.load(Buffer.from(lines.join('')), NAMESPACE);
  }
  const peak = peakMiB(server.pid);
  await pause(REST_MS);
  const after = residentMiB(server.pid);
  http.close();
  await server.stop();
  return { rest, peak, after };
}
