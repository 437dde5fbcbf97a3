import { contenderOf } from '../contenders.js';
import { keyOf, scramble } from '../document.js';
import { fill } from '../load.js';
import { pace } from '../timed.js';
import type { Sample, StepParams, Workload } from '../workload.js';

/** W4: random reads of documents that are in memory, as objects. */
export const pointGet: Workload = {
  name: 'point-get',
  title: 'Point get, cached, as an object (W4)',
  how: 'Random keys of a store that was closed and opened again, each read parsed; the floor is a Map and JSON.parse.',
  metrics: [{ name: 'rate', title: 'gets/s', unit: 'per second', better: 'more' }],
  contenders: ['floor', 'koru-delta', 'lmdb', 'sqlite', 'level'],
  turn: ({ plan, contender, fresh, folder }) =>
    fresh('point-get', { plan, folder: folder(), contender: contender.id, size: Math.min(plan.rows, 100_000) }),
  steps: { 'point-get': gets },
};

async function gets({ plan, folder, contender, size }: StepParams): Promise<Sample> {
  const { open } = contenderOf(contender);
  let store = await open(folder);
  await fill(store, size);
  await store.close();
  store = await open(folder);
  const keys = Array.from({ length: 1 << 16 }, (_, n) => keyOf(scramble(n) % size));
  const get = (n: number) => store.get(keys[n & 0xffff] ?? '');
  // Long enough that every block of the store has been read once.
  await pace(plan.milliseconds, get);
  const rate = await pace(plan.milliseconds, get);
  await store.close();
  return { rate };
}
