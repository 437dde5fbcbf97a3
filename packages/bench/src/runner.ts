import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Contender } from './contender.js';
import { fresh } from './fresh.js';
import type { Plan } from './plan.js';
import { Results } from './results.js';
import type { Workload } from './workload.js';

/** What a run needs to know. */
export interface Run {
  readonly plan: Plan;
  readonly workloads: readonly Workload[];
  /** Those that are installed. */
  readonly contenders: readonly Contender[];
  /** Where the stores go. */
  readonly folder: string;
  /** Told before each turn. */
  readonly progress: (what: string) => void;
  /** Told behind each workload. */
  readonly done: (workload: Workload, results: Results) => void;
}

/** Runs every workload in rounds; in each round every contender has its turn, and each round begins with another one. */
export async function runAll(run: Run): Promise<Results> {
  const results = new Results();
  for (const workload of run.workloads) {
    const taking = run.contenders.filter(({ id }) => workload.contenders.includes(id));
    const rounds = workload.once ? 1 : run.plan.rounds;
    for (let round = 0; round < rounds; round += 1) {
      const first = round % Math.max(taking.length, 1);
      for (const contender of [...taking.slice(first), ...taking.slice(0, first)]) {
        run.progress(`${workload.title}: round ${round + 1} of ${rounds}, ${contender.label}`);
        results.add(workload.name, contender.id, await turn(run, workload, contender));
      }
    }
    run.done(workload, results);
  }
  return results;
}

async function turn({ plan, folder }: Run, workload: Workload, contender: Contender) {
  const own = mkdtempSync(join(folder, 'turn-'));
  let count = 0;
  const next = () => {
    count += 1;
    const path = join(own, String(count));
    mkdirSync(path);
    return path;
  };
  try {
    return await workload.turn({ plan, contender, fresh, folder: next });
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}
