import type { Store } from '../contender.js';
import { contenderOf } from '../contenders.js';
import { document, keyOf, type Row } from '../document.js';
import type { Sample, StepParams, Workload } from '../workload.js';

/** W3: many callers at once, each awaiting a durable put of its own. */
export const concurrentPuts: Workload = {
  name: 'concurrent-puts',
  title: '1,000 callers, each awaiting its own durable put (W3)',
  how: 'Every caller puts a new key, waits until it is on the disk, and puts the next.',
  metrics: [{ name: 'rate', title: 'puts/s', unit: 'per second', better: 'more' }],
  contenders: ['floor', 'koru-delta', 'lmdb', 'sqlite', 'level'],
  turn: ({ plan, contender, fresh, folder }) =>
    fresh('concurrent-puts', { plan, folder: folder(), contender: contender.id, size: plan.callers }),
  steps: { 'concurrent-puts': crowd },
};

async function crowd({ plan, folder, contender, size }: StepParams): Promise<Sample> {
  const store = await contenderOf(contender).open(folder);
  let next = 0;
  const row = () => {
    next += 1;
    return { key: keyOf(next), value: document(next) };
  };
  await serve(store, row, size, plan.milliseconds / 2);
  const rate = await serve(store, row, size, plan.milliseconds);
  await store.close();
  return { rate };
}

/** Puts per second of so many callers in so many milliseconds. */
async function serve(store: Store, row: () => Row, callers: number, milliseconds: number): Promise<number> {
  const started = performance.now();
  let done = 0;
  const call = async () => {
    do {
      await store.put(row());
      done += 1;
    } while (performance.now() - started < milliseconds);
  };
  await Promise.all(Array.from({ length: callers }, call));
  return (done / (performance.now() - started)) * 1_000;
}
