import { KoruDelta } from 'koru-delta';
import { contenderOf } from '../contenders.js';
import { batches, DOCUMENT_BYTES, document, KEY_BYTES, keyOf } from '../document.js';
import { BATCH, type Plan } from '../plan.js';
import type { Metric, Sample, StepParams, Workload } from '../workload.js';

const ROW_BYTES = DOCUMENT_BYTES + KEY_BYTES;
/** How many times the budget is written. */
const TIMES = 10;
const grown: Metric = { name: 'grown', title: 'grown by', unit: 'MiB', better: 'less' };

/** Memory while loading ten times the budget. */
export function memory(plan: Plan): Workload {
  return {
    name: 'memory',
    title: 'Memory while loading ten times the budget',
    how: `KoruDelta is told to take ${plan.budgetBytes / 2 ** 20} MiB; how far the peak of the resident memory rises above that of a process that only makes the batches.`,
    metrics: [grown, { name: 'share', title: 'of the budget', unit: 'ratio', better: 'less' }],
    contenders: plan.name === 'full' ? ['koru-delta', 'lmdb', 'sqlite', 'level'] : ['koru-delta'],
    once: true,
    turn: ({ contender, fresh, folder }) =>
      fresh('load-budget', { plan, folder: folder(), contender: contender.id, size: plan.budgetBytes }),
    steps: { 'load-budget': loadBudget },
  };
}

/** Memory for one batch that is larger than any buffer. */
export const oneBatch: Workload = {
  name: 'one-batch',
  title: 'Memory for one batch',
  how: 'One atomic batch from a generator of objects; how far the peak of the resident memory rises above that of only making them, against the bytes of its keys and documents.',
  metrics: [grown, { name: 'share', title: 'of the data', unit: 'ratio', better: 'less' }],
  contenders: ['koru-delta'],
  once: true,
  turn: ({ plan, contender, fresh, folder }) =>
    fresh('load-at-once', { plan, folder: folder(), contender: contender.id, size: plan.oneBatch }),
  steps: { 'load-at-once': loadAtOnce },
};

async function loadBudget({ plan, folder, contender, size: budget }: StepParams): Promise<Sample> {
  const { open } = contenderOf(contender);
  const store = await open(folder, { memoryBytes: budget });
  const bytes = plan.name === 'tiny' ? budget / TIMES : budget * TIMES;
  const load = () => batches(Math.floor(bytes / ROW_BYTES), 1, BATCH);
  // First all of it is only made, so that JavaScript's own heap has the size that this takes.
  for (const rows of load()) JSON.stringify(store.prepare(rows));
  const before = peak();
  for (const rows of load()) await store.batch(store.prepare(rows));
  return await end(store, peak() - before, budget);
}

async function loadAtOnce({ folder, size }: StepParams): Promise<Sample> {
  const db = await KoruDelta.startWithPath(folder);
  for (const item of items(size)) JSON.stringify(item);
  const before = peak();
  await db.batchPut(items(size));
  return await end(db, peak() - before, size * ROW_BYTES);
}

async function end(store: { close(): void | Promise<void> }, bytes: number, of: number): Promise<Sample> {
  await store.close();
  return { grown: bytes / 2 ** 20, share: bytes / of };
}

function* items(count: number) {
  for (let n = 0; n < count; n += 1) yield { namespace: 'bench', key: keyOf(n), value: document(n) };
}

/** The most memory the process ever had. */
function peak(): number {
  return process.resourceUsage().maxRSS * 1_024;
}
