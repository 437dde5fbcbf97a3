// Measures KoruDelta against the floor and its peers: `npm run bench`, `npm run bench -- --full`.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Contender } from './contender.js';
import { contenders } from './contenders.js';
import { describeMachine } from './machine.js';
import { page } from './page.js';
import { type Plan, plans } from './plan.js';
import { asJson, header, type Report, targetTable, workloadTable } from './report.js';
import type { Results } from './results.js';
import { runAll } from './runner.js';
import { buildSqlite } from './stores/sqlite.js';
import { targetsOf } from './targets.js';
import type { Workload } from './workload.js';
import { workloadsOf } from './workloads.js';

const usage = `Usage: npm run bench -- [OPTIONS]
  --full            large stores and more rounds, the engine from Rust, and a page of plots (tens of minutes)
  --engine          the engine from Rust in the fast form, too (cargo builds it)
  --only NAME,...   only these workloads, by the beginnings of their names
  --rounds N        how often each contender has its turn
  --json            the result as JSON instead of tables
  --folder PATH     where the stores go; take a disk, not a file system in memory
  --build-peers     build better-sqlite3 from its source first (a minute or two)`;

const report = fileURLToPath(new URL('../report/', import.meta.url));
const cache = fileURLToPath(new URL('../node_modules/.cache/stores', import.meta.url));

const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    tiny: { type: 'boolean', default: false },
    engine: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    rounds: { type: 'string' },
    json: { type: 'boolean', default: false },
    folder: { type: 'string', default: cache },
    'build-peers': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(usage);
else await bench(choosePlan(), values.folder);

function choosePlan(): Plan {
  const plan = values.full ? plans.full : values.tiny ? plans.tiny : plans.fast;
  const rounds = Number(values.rounds ?? plan.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number from 1 on.');
  return { ...plan, rounds };
}

async function bench(plan: Plan, place: string): Promise<void> {
  if (values['build-peers']) buildSqlite();
  const wanted = workloadsOf(plan).filter(({ name }) => isWanted(name));
  if (wanted.length === 0) throw new Error(`No workload begins with ${values.only}.`);
  const skipped = wanted.flatMap(({ title, absent }) => {
    const why = absent?.();
    return why === undefined ? [] : [{ title, why }];
  });
  const workloads = wanted.filter(({ title }) => !skipped.some((one) => one.title === title));
  const { versions, missing } = await ask(contenders.filter(({ id }) => isInvited(id, workloads)));
  mkdirSync(place, { recursive: true });
  const folder = mkdtempSync(join(place, 'run-'));
  const about = { machine: describeMachine(folder), plan, versions, missing, workloads, skipped };
  if (!values.json) console.log(`${header(about)}\n`);
  try {
    const done = (workload: Workload, results: Results) => {
      progress('');
      if (!values.json) console.log(`${workloadTable({ results, versions }, workload)}\n`);
    };
    const results = await runAll({ plan, workloads, contenders: [...versions.keys()], folder, progress, done });
    end({ ...about, results, targets: targetsOf(results, plan) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function isWanted(name: string): boolean {
  return values.only === '' || values.only.split(',').some((start) => name.startsWith(start));
}

/** Whether somebody takes part in this form; building the engine takes longer than all of the fast form. */
function isInvited(id: string, workloads: readonly Workload[]): boolean {
  if (id.startsWith('engine') && !values.full && !values.engine) return false;
  return workloads.some((workload) => workload.contenders.includes(id));
}

/** Who is there, and why the others are not. */
async function ask(invited: readonly Contender[]) {
  const versions = new Map<Contender, string>();
  const missing: { label: string; why: string }[] = [];
  for (const contender of invited) {
    try {
      versions.set(contender, await contender.version());
    } catch (error) {
      const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
      missing.push({ label: contender.label, why });
    }
  }
  return { versions, missing };
}

function end(outcome: Report): void {
  if (values.json) console.log(asJson(outcome));
  else console.log(`What is to be reached\n\n${targetTable(outcome.targets)}`);
  if (outcome.plan.name === 'fast') return;
  mkdirSync(report, { recursive: true });
  writeFileSync(`${report}index.html`, page(outcome));
  if (!values.json) console.log('\nThe page of plots: packages/bench/report/index.html');
}

/** One line that is written over, where somebody watches. */
function progress(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${what.slice(0, process.stderr.columns - 1)}`);
}
