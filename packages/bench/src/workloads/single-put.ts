import { alternate, costOf } from '../alternate.js';
import { contenderOf } from '../contenders.js';
import { subfolder } from '../disk.js';
import { document, keyOf, scramble } from '../document.js';
import { fill } from '../load.js';
import { zeroFilled } from '../stores/zero-filled.js';
import { quantile } from '../timed.js';
import type { Sample, StepParams, Workload } from '../workload.js';

const KEYS = 1_000;

/** W2: one durable put after another, each awaited. */
export const singlePut: Workload = {
  name: 'single-put',
  title: 'One durable put, awaited (W2)',
  how: 'New versions of 1,000 keys one after another, in turns with a bare write into a file of zeros and an fdatasync; the bare write against itself shows the noise.',
  metrics: [
    { name: 'share', title: '/ bare write', unit: 'ratio', better: 'less' },
    { name: 'median', title: 'median', unit: 'µs', better: 'less' },
    { name: 'p99', title: 'p99', unit: 'µs', better: 'less' },
  ],
  contenders: ['zero-filled', 'floor', 'koru-delta', 'lmdb', 'sqlite', 'level'],
  turn: ({ plan, contender, fresh, folder }) =>
    fresh('single-put', { plan, folder: folder(), contender: contender.id, size: 0 }),
  steps: { 'single-put': puts },
};

async function puts({ plan, folder, contender }: StepParams): Promise<Sample> {
  const bare = await zeroFilled.open(subfolder(folder, 'bare'));
  const store = await contenderOf(contender).open(subfolder(folder, 'own'));
  await fill(store, KEYS);
  const row = (n: number) => ({ key: keyOf(scramble(n) % KEYS), value: document(n) });
  const sides = (milliseconds: number) =>
    alternate(
      milliseconds,
      Number.POSITIVE_INFINITY,
      (n) => store.put(row(n)),
      (n) => bare.put(row(n)),
    );
  await sides(plan.milliseconds / 3);
  const measured = await sides(plan.milliseconds);
  await store.close();
  const times = Float64Array.from(measured.own, (milliseconds) => milliseconds * 1_000).sort();
  return { share: costOf(measured), median: quantile(times, 0.5), p99: quantile(times, 0.99) };
}
