import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Sample, StepParams } from './workload.js';

const job = fileURLToPath(new URL('./job.js', import.meta.url));

/** A step that was started, as the process that runs it gets it. */
export interface Job {
  step: string;
  params: StepParams;
}

/**
 * Runs a step in a process of its own, so that no contender meets the heap, the caches or the threads of another. A tracer
 * is a command line that the process is started under.
 */
export function fresh(step: string, params: StepParams, tracer: readonly string[] = []): Promise<Sample> {
  return new Promise((resolve, reject) => {
    const [execPath = '', ...execArgv] = [...tracer, process.execPath];
    const child = fork(job, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execPath, execArgv });
    let sample: Sample | undefined;
    child.on('message', (message: Sample) => {
      sample = message;
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (sample) resolve(sample);
      else reject(new Error(`The step ${step} of ${params.contender} ended with ${signal ?? code} and no result.`));
    });
    child.send({ step, params } satisfies Job);
  });
}
