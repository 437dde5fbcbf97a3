import { contenderOf } from '../contenders.js';
import { diskBytes } from '../disk.js';
import { keyOf } from '../document.js';
import { fill } from '../load.js';
import { median } from '../timed.js';
import type { Sample, StepParams, Workload } from '../workload.js';

/** W9: open in a fresh process and read one key; and the space of what was written. */
export const reopen: Workload = {
  name: 'reopen',
  title: 'Open and first get, in a fresh process (W9), and space on the disk',
  how: 'After a clean close, and after kill -9 right behind the last acknowledged batch; space is what the file system gave to the closed folder.',
  metrics: [
    { name: 'closed', title: 'after close', unit: 'ms', better: 'less' },
    { name: 'killed', title: 'after kill -9', unit: 'ms', better: 'less' },
    { name: 'bytes', title: 'bytes/document', unit: 'bytes', better: 'less' },
  ],
  contenders: ['floor', 'koru-delta', 'koru-delta-sealed', 'lmdb', 'sqlite', 'level'],
  once: true,
  async turn({ plan, contender, fresh, folder }) {
    const samples: { closed: number; killed: number; bytes: number }[] = [];
    for (let time = 0; time < plan.opens; time += 1) {
      const params = { plan, contender: contender.id, size: plan.rows };
      const [clean, torn] = [folder(), folder()];
      await fresh('fill-and-close', { ...params, folder: clean });
      const bytes = diskBytes(clean) / plan.rows;
      await fresh('fill-and-die', { ...params, folder: torn });
      const { milliseconds: closed = Number.NaN } = await fresh('open', { ...params, folder: clean });
      const { milliseconds: killed = Number.NaN } = await fresh('open', { ...params, folder: torn });
      samples.push({ closed, killed, bytes });
    }
    return {
      closed: median(samples.map(({ closed }) => closed)),
      killed: median(samples.map(({ killed }) => killed)),
      bytes: median(samples.map(({ bytes }) => bytes)),
    };
  },
  steps: {
    'fill-and-close': fillAndClose,
    'fill-and-die': fillAndDie,
    open,
  },
};

async function fillAndClose({ folder, contender, size }: StepParams): Promise<Sample> {
  const store = await contenderOf(contender).open(folder);
  await fill(store, size);
  await store.close();
  return {};
}

async function fillAndDie({ folder, contender, size }: StepParams): Promise<Sample> {
  const store = await contenderOf(contender).open(folder);
  await fill(store, size);
  await new Promise<void>((resolve) => {
    process.send?.({}, () => resolve());
  });
  process.kill(process.pid, 'SIGKILL');
  return {};
}

async function open({ folder, contender }: StepParams): Promise<Sample> {
  const { version, open } = contenderOf(contender);
  // Loads the code of the store, which is no part of opening it.
  await version();
  const started = performance.now();
  const store = await open(folder);
  const found = await store.get(keyOf(0));
  const milliseconds = performance.now() - started;
  if (found === undefined) throw new Error(`${contender} lost what it had acknowledged.`);
  await store.close();
  return { milliseconds };
}
