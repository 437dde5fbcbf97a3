import { advantageOf, alternate, perSecond, type Side } from '../alternate.js';
import { contenderOf } from '../contenders.js';
import { subfolder } from '../disk.js';
import { makeReady, warmUp } from '../load.js';
import { BATCH } from '../plan.js';
import { engine, engineSealed, startEngine } from '../stores/engine.js';
import { floor } from '../stores/floor.js';
import type { Sample, StepParams, Workload } from '../workload.js';

/** W1: batches of 1,000 documents, each atomic and synced. */
export const durableBatches: Workload = {
  name: 'durable-batches',
  title: 'Durable batches of 1,000 (W1)',
  how: 'New keys in random order; every batch is atomic and on the disk before the next begins. Batches of the floor come in between; the floor against itself shows the noise.',
  metrics: [
    { name: 'share', title: '/ floor', unit: 'ratio', better: 'more' },
    { name: 'rate', title: 'documents/s', unit: 'per second', better: 'more' },
    { name: 'floor', title: 'floor then', unit: 'per second', better: 'more' },
  ],
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
  turn: ({ plan, contender, fresh, folder }) =>
    fresh('durable-batches', { plan, folder: folder(), contender: contender.id, size: plan.rows }),
  steps: { 'durable-batches': load },
};

async function load(params: StepParams): Promise<Sample> {
  const { plan, folder, size } = params;
  const beside = await floor.open(subfolder(folder, 'floor'));
  const floorReady = makeReady(beside, size);
  await warmUp(beside, plan.milliseconds);
  const own = await contestant({ ...params, folder: subfolder(folder, 'own') });
  const sides = await alternate(plan.milliseconds, floorReady.length, own.batch, (n) => beside.batch(floorReady[n]));
  await own.end();
  return {
    share: advantageOf(sides),
    rate: perSecond(sides.own) * BATCH,
    floor: perSecond(sides.other) * BATCH,
  };
}

/** Whoever writes in turns with the floor: the engine's own program, or a store. */
async function contestant(params: StepParams): Promise<{ batch: Side; end(): void | Promise<void> }> {
  const { plan, folder, contender, size } = params;
  if (contender === engine.id || contender === engineSealed.id) return startEngine(params);
  const store = await contenderOf(contender).open(folder);
  const ready = makeReady(store, size);
  await warmUp(store, plan.milliseconds);
  return { batch: (n) => store.batch(ready[n]), end: () => store.close() };
}
