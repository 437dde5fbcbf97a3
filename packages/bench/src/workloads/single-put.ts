import { contenderOf } from '../contenders.js';
import { document, keyOf, scramble } from '../document.js';
import { fill } from '../load.js';
import { each, quantile } from '../timed.js';
import type { Sample, StepParams, Workload } from '../workload.js';

const KEYS = 1_000;

/** W2: one durable put after another, each awaited. */
export const singlePut: Workload = {
  name: 'single-put',
  title: 'One durable put, awaited (W2)',
  how: 'New versions of 1,000 keys one after another, against a bare write and fdatasync.',
  metrics: [
    { name: 'median', title: 'median', unit: 'µs', better: 'less' },
    { name: 'p99', title: 'p99', unit: 'µs', better: 'less' },
  ],
  contenders: ['zero-filled', 'floor', 'koru-delta', 'lmdb', 'sqlite', 'level'],
  turn: ({ plan, contender, fresh, folder }) =>
    fresh('single-put', { plan, folder: folder(), contender: contender.id, size: 0 }),
  steps: { 'single-put': puts },
};

async function puts({ plan, folder, contender }: StepParams): Promise<Sample> {
  const store = await contenderOf(contender).open(folder);
  if (contender !== 'zero-filled') await fill(store, KEYS);
  const put = (n: number) => store.put({ key: keyOf(scramble(n) % KEYS), value: document(n) });
  await each(plan.milliseconds / 3, Number.POSITIVE_INFINITY, put);
  const times = await each(plan.milliseconds, Number.POSITIVE_INFINITY, put);
  await store.close();
  return { median: quantile(times, 0.5), p99: quantile(times, 0.99) };
}
