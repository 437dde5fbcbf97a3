import { contenderOf } from '../contenders.js';
import { diskBytes } from '../disk.js';
import { batches, keyOf, scramble } from '../document.js';
import { BATCH, type Plan } from '../plan.js';
import { pace } from '../timed.js';
import type { Sample, StepParams, Workload } from '../workload.js';

const VERSIONS = 10;

/** What size costs: everything again at one number of versions. */
export function growth(size: number, plan: Plan): Workload {
  return {
    name: `growth-${size}`,
    title: `Growth: ${size.toLocaleString('en')} versions, ${VERSIONS} of each key`,
    how: 'Loaded in synced batches of 1,000 with all history kept, closed, and opened in a fresh process.',
    metrics: [
      { name: 'load', title: 'versions/s', unit: 'per second', better: 'more' },
      { name: 'get', title: 'gets/s', unit: 'per second', better: 'more' },
      { name: 'past', title: 'past gets/s', unit: 'per second', better: 'more' },
      { name: 'open', title: 'open', unit: 'ms', better: 'less' },
      { name: 'bytes', title: 'bytes/version', unit: 'bytes', better: 'less' },
    ],
    contenders: size <= plan.growthOfPeers ? ['koru-delta', 'lmdb', 'sqlite', 'level'] : ['koru-delta'],
    once: true,
    async turn({ contender, fresh, folder }) {
      const params = { plan, contender: contender.id, size, folder: folder() };
      const loaded = await fresh('grow', params);
      const bytes = diskBytes(params.folder) / size;
      return { ...loaded, bytes, ...(await fresh('read-grown', params)) };
    },
    steps: { grow, 'read-grown': readGrown },
  };
}

async function grow({ folder, contender, size }: StepParams): Promise<Sample> {
  const store = await contenderOf(contender).open(folder, { history: true });
  let milliseconds = 0;
  for (const rows of batches(size / VERSIONS, VERSIONS, BATCH)) {
    const prepared = store.prepare(rows);
    const started = performance.now();
    await store.batch(prepared);
    milliseconds += performance.now() - started;
  }
  await store.close();
  return { load: (size / milliseconds) * 1_000 };
}

async function readGrown({ plan, folder, contender, size }: StepParams): Promise<Sample> {
  const { version, open } = contenderOf(contender);
  await version();
  const started = performance.now();
  const store = await open(folder, { history: true });
  await store.get(keyOf(0));
  const opened = performance.now() - started;
  const keys = Array.from({ length: 1 << 16 }, (_, n) => keyOf(scramble(n) % (size / VERSIONS)));
  const get = (n: number) => store.get(keys[n & 0xffff] ?? '');
  const middle = Math.ceil(size / 2);
  const past = contender.startsWith('koru') ? `seq:${middle}` : middle;
  const getPast = (n: number) => store.getPast(keys[n & 0xffff] ?? '', past);
  const rate = async (read: (n: number) => unknown) => {
    await pace(plan.milliseconds, read);
    return pace(plan.milliseconds, read);
  };
  const sample = { open: opened, get: await rate(get), past: await rate(getPast) };
  await store.close();
  return sample;
}
