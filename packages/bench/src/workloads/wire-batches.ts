import { advantageOf, alternate, perSecond } from '../alternate.js';
import type { Client, Work } from '../client.js';
import { startClient } from '../clients/start.js';
import { subfolder } from '../disk.js';
import { languageIds } from '../languages.js';
import { makeReady, warmUp } from '../load.js';
import type { Plan } from '../plan.js';
import { kdeltaAbsent } from '../server.js';
import { floor } from '../stores/floor.js';
import type { Sample, StepParams, Workload } from '../workload.js';

/** Batches from each language, as objects and as lines. */
export function wireBatches(documents: number, plan: Plan): Workload {
  const name = `wire-batches-${documents}`;
  return {
    name,
    title: `Batches of ${documents.toLocaleString('en')} from each language`,
    how: 'batchPut, batch_put and BatchPut of objects, in the form that the client gives them by itself, and of NDJSON bytes; each in turns with the same batches of the floor. KoruDelta is the engine in this process.',
    metrics: [
      { name: 'share', title: 'objects / floor', unit: 'ratio', better: 'more' },
      { name: 'rate', title: 'documents/s', unit: 'per second', better: 'more' },
      { name: 'linesShare', title: 'lines / floor', unit: 'ratio', better: 'more' },
      { name: 'linesRate', title: 'documents/s', unit: 'per second', better: 'more' },
      { name: 'floor', title: 'floor then', unit: 'per second', better: 'more' },
    ],
    // A batch is one call, whoever waits for it: threads and asyncio are the same here.
    contenders: ['koru-delta', ...languageIds.filter((id) => !id.startsWith('asyncio'))],
    once: plan.name !== 'full',
    absent: kdeltaAbsent,
    turn: ({ plan, contender, fresh, folder }) =>
      fresh(name, { plan, folder: folder(), contender: contender.id, size: plan.rows }),
    steps: { [name]: (params) => measure(params, documents) },
  };
}

async function measure({ plan, folder, contender, size }: StepParams, documents: number): Promise<Sample> {
  // So many turns that there are at least three.
  const rows = Math.max(size, 3 * documents);
  const beside = await floor.open(subfolder(folder, 'floor'));
  const floorReady = makeReady(beside, rows, 1, documents);
  await warmUp(beside, plan.milliseconds);
  const { client, end } = await startClient(contender, folder, rows);
  const sides = async (what: 'batch' | 'lines') => {
    await warmClient(client, { what, from: 0, count: Math.min(documents, 1_000), callers: 1 }, plan.milliseconds);
    return alternate(
      plan.milliseconds,
      floorReady.length,
      (n) => client.run({ what, from: n * documents, count: documents, callers: 1 }),
      (n) => beside.batch(floorReady[n]),
    );
  };
  const objects = await sides('batch');
  const lines = await sides('lines');
  await end();
  return {
    share: advantageOf(objects),
    rate: perSecond(objects.own) * documents,
    linesShare: advantageOf(lines),
    linesRate: perSecond(lines.own) * documents,
    floor: perSecond([...objects.other, ...lines.other]) * documents,
  };
}

async function warmClient(client: Client, work: Work, milliseconds: number): Promise<void> {
  const started = performance.now();
  do await client.run(work);
  while (performance.now() - started < milliseconds);
}
