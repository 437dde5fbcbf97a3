// The program of the processes in which steps are measured: takes one job, answers with its sample, and ends.

import type { Job } from './fresh.js';
import { steps } from './workloads.js';

process.once('message', async ({ step, params }: Job) => {
  const work = steps[step];
  if (!work) throw new Error(`There is no step ${step}.`);
  const sample = await work(params);
  process.send?.(sample, () => process.disconnect());
});
