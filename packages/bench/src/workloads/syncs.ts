import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contenderOf } from '../contenders.js';
import { document, keyOf } from '../document.js';
import { fresh } from '../fresh.js';
import type { Sample, StepParams, Workload } from '../workload.js';

const calls = 'fsync,fdatasync,msync,sync_file_range';

/** Whether an acknowledged write is synced at all: the system calls are counted. */
export const syncs: Workload = {
  name: 'syncs',
  title: 'Syncs of the disk for each acknowledged put, counted by strace',
  how: `Puts one after another; ${calls} of all threads, opening and closing included. Less than 1 is not durable.`,
  metrics: [{ name: 'each', title: 'syncs/put', unit: 'ratio', better: 'less' }],
  contenders: ['floor', 'koru-delta', 'lmdb', 'sqlite', 'level'],
  once: true,
  absent: () =>
    spawnSync('strace', ['-c', '-o', '/dev/null', process.execPath, '-e', '0']).status === 0
      ? undefined
      : 'strace is not installed, or may not trace here',
  async turn({ plan, contender, folder }) {
    const own = folder();
    const counts = join(folder(), 'counts');
    const tracer = ['strace', '-f', '-c', '-o', counts, '-e', `trace=${calls}`];
    await fresh('traced-puts', { plan, folder: own, contender: contender.id, size: plan.callers }, tracer);
    return { each: counted(readFileSync(counts, 'utf8')) / plan.callers };
  },
  steps: { 'traced-puts': puts },
};

async function puts({ folder, contender, size }: StepParams): Promise<Sample> {
  const store = await contenderOf(contender).open(folder);
  for (let n = 0; n < size; n += 1) await store.put({ key: keyOf(n), value: document(n) });
  await store.close();
  return {};
}

/** The calls in the summary of strace: `% time, seconds, usecs/call, calls, errors, syscall`. */
function counted(summary: string): number {
  const lines = summary.split('\n').filter((line) => calls.split(',').some((name) => line.trim().endsWith(` ${name}`)));
  return lines.reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[3]), 0);
}
