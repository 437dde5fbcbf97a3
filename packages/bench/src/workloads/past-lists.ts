import { KoruDelta } from 'koru-delta';
import { keyOf, scramble } from '../document.js';
import { fill } from '../load.js';
import { koruDelta } from '../stores/koru-delta.js';
import { each, median, quantile } from '../timed.js';
import type { Sample, StepParams, Workload } from '../workload.js';

const PAGE = 1_000;

/** W7: a page of a list in the past against one now, and the newest versions of a key. */
export function pastLists(depth: number): Workload {
  return {
    name: `past-lists-${depth}`,
    title: `List in the past, and history: ${depth.toLocaleString('en')} versions of each key (W7)`,
    how: `A page of up to ${PAGE.toLocaleString('en')} keys at the middle of the history and now; history with limit 10 of random keys.`,
    metrics: [
      { name: 'now', title: 'list now', unit: 'µs', better: 'less' },
      { name: 'past', title: 'list past', unit: 'µs', better: 'less' },
      { name: 'share', title: 'past / now', unit: 'ratio', better: 'less' },
      { name: 'history', title: 'history(10) p99', unit: 'µs', better: 'less' },
    ],
    contenders: ['koru-delta'],
    once: true,
    turn: ({ plan, contender, fresh, folder }) =>
      fresh('past-lists', { plan, folder: folder(), contender: contender.id, size: depth }),
    steps: { 'past-lists': lists },
  };
}

async function lists({ plan, folder, size: depth }: StepParams): Promise<Sample> {
  const keys = Math.max(Math.floor(plan.pastVersions / depth), 1);
  const store = await koruDelta.open(folder);
  const moments = await fill(store, keys, depth);
  await store.close();

  await using db = await KoruDelta.startWithPath(folder);
  const past = moments[Math.ceil(moments.length / 2) - 1] ?? 'now';
  const list = (at?: string | number) => db.list('bench', { limit: PAGE, at }).page();
  const turns: { now: number; past: number }[] = [];
  for (let turn = 0; turn < 9; turn += 1) {
    const time = async (at?: string | number) => median([...(await each(plan.milliseconds / 10, 50, () => list(at)))]);
    turns.push({ now: await time(), past: await time(past) });
  }
  const history = (n: number) => db.history('bench', keyOf(scramble(n) % keys), { limit: 10 }).page();
  await each(plan.milliseconds / 3, 1_000, history);
  const times = await each(plan.milliseconds * 2, 20_000, history);
  return {
    now: median(turns.map(({ now }) => now)),
    past: median(turns.map((turn) => turn.past)),
    share: median(turns.map((turn) => turn.past / turn.now)),
    history: quantile(times, 0.99),
  };
}
