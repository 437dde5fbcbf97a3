import { advantageOf, alternate, perSecond } from '../alternate.js';
import type { Store } from '../contender.js';
import { contenderOf } from '../contenders.js';
import { subfolder } from '../disk.js';
import { document, keyOf } from '../document.js';
import { floor } from '../stores/floor.js';
import type { Sample, StepParams, Workload } from '../workload.js';

/** Puts of each caller in a row. */
const PUTS = 3;

/** W3: many callers at once, each awaiting a durable put of its own. */
export const concurrentPuts: Workload = {
  name: 'concurrent-puts',
  title: '1,000 callers, each awaiting its own durable put (W3)',
  how: `Every caller puts a new key, waits until it is on the disk, and puts the next, ${PUTS} in all; in turns with the same of the floor, which syncs once for all puts of a tick.`,
  metrics: [
    { name: 'share', title: '/ floor', unit: 'ratio', better: 'more' },
    { name: 'rate', title: 'puts/s', unit: 'per second', better: 'more' },
    { name: 'floor', title: 'floor then', unit: 'per second', better: 'more' },
  ],
  contenders: ['floor', 'koru-delta', 'lmdb', 'sqlite', 'level'],
  turn: ({ plan, contender, fresh, folder }) =>
    fresh('concurrent-puts', { plan, folder: folder(), contender: contender.id, size: plan.callers }),
  steps: { 'concurrent-puts': crowds },
};

async function crowds({ plan, folder, contender, size }: StepParams): Promise<Sample> {
  const beside = await floor.open(subfolder(folder, 'floor'));
  const store = await contenderOf(contender).open(subfolder(folder, 'own'));
  const sides = (milliseconds: number) =>
    alternate(milliseconds, Number.POSITIVE_INFINITY, crowd(store, size), crowd(beside, size));
  await sides(plan.milliseconds / 2);
  const measured = await sides(plan.milliseconds);
  await store.close();
  const puts = size * PUTS;
  return {
    share: advantageOf(measured),
    rate: perSecond(measured.own) * puts,
    floor: perSecond(measured.other) * puts,
  };
}

/** A turn: so many callers at once. */
function crowd(store: Store, callers: number): () => Promise<unknown> {
  let next = 0;
  const call = async () => {
    for (let put = 0; put < PUTS; put += 1) {
      next += 1;
      await store.put({ key: keyOf(next), value: document(next) });
    }
  };
  return () => Promise.all(Array.from({ length: callers }, call));
}
