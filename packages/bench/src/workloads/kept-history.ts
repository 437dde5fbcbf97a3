import type { Store } from '../contender.js';
import { contenderOf } from '../contenders.js';
import { makeReady, warmUp, write } from '../load.js';
import { BATCH } from '../plan.js';
import type { Sample, StepParams, Workload } from '../workload.js';

const VERSIONS = 10;

/** W6: what it costs to keep every version. */
export const keptHistory: Workload = {
  name: 'kept-history',
  title: 'Full history: 10 versions of each key (W6)',
  how: 'The same number of documents as new keys without a history, then as 10 versions of each key with all kept; peers write a history table beside the current one.',
  metrics: [
    { name: 'kept', title: 'versions/s', unit: 'per second', better: 'more' },
    { name: 'fresh', title: 'new keys/s', unit: 'per second', better: 'more' },
    { name: 'share', title: 'kept / new', unit: 'ratio', better: 'more' },
  ],
  contenders: ['floor', 'koru-delta', 'koru-delta-lines', 'lmdb', 'sqlite', 'level'],
  async turn({ plan, contender, fresh, folder }) {
    const params = { plan, contender: contender.id, size: plan.rows };
    const { rate: fresher = Number.NaN } = await fresh('new-keys', { ...params, folder: folder() });
    const { rate: kept = Number.NaN } = await fresh('ten-versions', { ...params, folder: folder() });
    return { kept, fresh: fresher, share: kept / fresher };
  },
  steps: {
    'new-keys': (params) => load(params, 1),
    'ten-versions': (params) => load(params, VERSIONS),
  },
};

async function load({ plan, folder, contender, size }: StepParams, versions: number): Promise<Sample> {
  const store: Store = await contenderOf(contender).open(folder, { history: versions > 1 });
  const ready = makeReady(store, Math.max(size / versions, BATCH), versions);
  await warmUp(store, plan.milliseconds / 3);
  const { rate } = await write(store, ready, plan.milliseconds);
  await store.close();
  return { rate };
}
