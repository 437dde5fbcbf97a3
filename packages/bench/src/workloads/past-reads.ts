import type { Moment, Store } from '../contender.js';
import { contenderOf } from '../contenders.js';
import { keyOf, scramble } from '../document.js';
import { fill } from '../load.js';
import type { Plan } from '../plan.js';
import { median, pace } from '../timed.js';
import type { Metric, Sample, StepParams, Workload } from '../workload.js';

const metrics: readonly Metric[] = [
  { name: 'now', title: 'get now/s', unit: 'per second', better: 'more' },
  { name: 'past', title: 'get in the past/s', unit: 'per second', better: 'more' },
  { name: 'share', title: 'past / now', unit: 'ratio', better: 'more' },
];

/** W7: reads of the past against reads of now, at one number of versions of every key. */
export function pastReads(depth: number, plan: Plan): Workload {
  // The peers are slow to load: in the fast form they are asked once.
  const peers = plan.name === 'full' || depth === 10 ? ['floor', 'lmdb', 'sqlite', 'level'] : [];
  return {
    name: `past-reads-${depth}`,
    title: `Get in the past: ${depth.toLocaleString('en')} versions of each key (W7)`,
    how: 'Random keys at random moments of the whole history, against the same keys now; both in turns in one process.',
    metrics,
    contenders: ['koru-delta', ...peers],
    once: true,
    turn: ({ contender, fresh, folder }) =>
      fresh('past-reads', { plan, folder: folder(), contender: contender.id, size: depth }),
    steps: { 'past-reads': gets },
  };
}

async function gets({ plan, folder, contender, size: depth }: StepParams): Promise<Sample> {
  const { open } = contenderOf(contender);
  const keys = Math.max(Math.floor(plan.pastVersions / depth), 1);
  let store = await open(folder, { history: true });
  const moments = await fill(store, keys, depth);
  await store.close();
  store = await open(folder, { history: true });
  const sample = await compare(store, keys, moments, plan.milliseconds);
  await store.close();
  return sample;
}

/** Turns of reads now and in the past, so that a busy moment of the machine meets both. */
async function compare(store: Store, keys: number, moments: Moment[], milliseconds: number): Promise<Sample> {
  const key = (n: number) => keyOf(scramble(n) % keys);
  const names = Array.from({ length: 1 << 14 }, (_, n) => key(n));
  // Past the first pass over the keys, so that each of them is there.
  const pasts = moments.slice(Math.ceil(moments.length / 2) - 1);
  const getNow = (n: number) => store.get(names[n & 0x3fff] ?? '');
  const getPast = (n: number) => store.getPast(names[n & 0x3fff] ?? '', pasts[scramble(n) % pasts.length] ?? 0);
  const rate = (get: (n: number) => unknown) => pace(milliseconds / 3, get);
  for (const get of [getNow, getPast, getNow, getPast]) await rate(get);
  const turns: { now: number; past: number }[] = [];
  for (let turn = 0; turn < 7; turn += 1) turns.push({ now: await rate(getNow), past: await rate(getPast) });
  return {
    now: median(turns.map(({ now }) => now)),
    past: median(turns.map(({ past }) => past)),
    share: median(turns.map(({ now, past }) => past / now)),
  };
}
