import { contenderOf } from '../contenders.js';
import { makeReady, warmUp, write } from '../load.js';
import { engine, engineSealed, loadEngine } from '../stores/engine.js';
import type { Sample, StepParams, Workload } from '../workload.js';

/** W1: batches of 1,000 documents, each atomic and synced. */
export const durableBatches: Workload = {
  name: 'durable-batches',
  title: 'Durable batches of 1,000 (W1)',
  how: 'New keys in random order; every batch is atomic and on the disk before the next begins.',
  metrics: [{ name: 'rate', title: 'documents/s', unit: 'per second', better: 'more' }],
  contenders: [
    'floor',
    engine.id,
    engineSealed.id,
    'koru-delta',
    'koru-delta-lines',
    'koru-delta-sealed',
    'lmdb',
    'sqlite',
    'level',
  ],
  async turn({ plan, contender, fresh, folder }) {
    const params = { plan, folder: folder(), contender: contender.id, size: plan.rows };
    const native = contender === engine || contender === engineSealed;
    return native ? loadEngine(params) : fresh('durable-batches', params);
  },
  steps: { 'durable-batches': load },
};

async function load({ plan, folder, contender, size }: StepParams): Promise<Sample> {
  const store = await contenderOf(contender).open(folder);
  const ready = makeReady(store, size);
  await warmUp(store, plan.milliseconds / 3);
  const { rate } = await write(store, ready, plan.milliseconds);
  await store.close();
  return { rate };
}
