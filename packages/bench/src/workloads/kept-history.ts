import { advantageOf, alternate, perSecond } from '../alternate.js';
import { contenderOf } from '../contenders.js';
import { subfolder } from '../disk.js';
import { makeReady, warmUp } from '../load.js';
import { BATCH } from '../plan.js';
import type { Sample, StepParams, Workload } from '../workload.js';

const VERSIONS = 10;

/** W6: what it costs to keep every version. */
export const keptHistory: Workload = {
  name: 'kept-history',
  title: 'Full history: 10 versions of each key (W6)',
  how: 'Batches of new versions of few keys with all versions kept, in turns with batches of new keys into a store without a history; peers write a history table beside the current one.',
  metrics: [
    { name: 'share', title: 'kept / new', unit: 'ratio', better: 'more' },
    { name: 'kept', title: 'versions/s', unit: 'per second', better: 'more' },
    { name: 'fresh', title: 'new keys/s', unit: 'per second', better: 'more' },
  ],
  contenders: ['floor', 'koru-delta', 'koru-delta-lines', 'lmdb', 'sqlite', 'level'],
  turn: ({ plan, contender, fresh, folder }) =>
    fresh('kept-history', { plan, contender: contender.id, size: plan.rows, folder: folder() }),
  steps: { 'kept-history': load },
};

async function load({ plan, folder, contender, size }: StepParams): Promise<Sample> {
  const { open } = contenderOf(contender);
  const kept = await open(subfolder(folder, 'kept'), { history: true });
  const plain = await open(subfolder(folder, 'plain'));
  const [versions, keys] = [makeReady(kept, size / VERSIONS, VERSIONS), makeReady(plain, size)];
  for (const store of [kept, plain]) await warmUp(store, plan.milliseconds);
  const sides = await alternate(
    plan.milliseconds,
    keys.length,
    (n) => kept.batch(versions[n]),
    (n) => plain.batch(keys[n]),
  );
  await kept.close();
  await plain.close();
  return {
    share: advantageOf(sides),
    kept: perSecond(sides.own) * BATCH,
    fresh: perSecond(sides.other) * BATCH,
  };
}
