import type { Contender } from './contender.js';
import type { Machine } from './machine.js';
import type { Plan } from './plan.js';
import type { Results } from './results.js';
import { figureText, ratioText, table } from './table.js';
import { isMet, type Target } from './targets.js';
import type { Metric, Workload } from './workload.js';

/** All that a report is made of. */
export interface Report {
  readonly machine: Machine;
  readonly plan: Plan;
  /** Who took part, and the version of each. */
  readonly versions: ReadonlyMap<Contender, string>;
  /** Who did not, and why. */
  readonly missing: readonly { label: string; why: string }[];
  readonly workloads: readonly Workload[];
  readonly skipped: readonly { title: string; why: string }[];
  readonly results: Results;
  readonly targets: readonly Target[];
}

/** The machine, the contenders and how each syncs. */
export function header({ machine, plan, versions, missing, skipped }: Omit<Report, 'results' | 'targets'>): string {
  const who = [...versions].map(([{ label, sync }, version]) => [label, version, sync]);
  return [
    `Machine: ${machine.cores} cores of ${machine.cpu}, ${machine.memoryGiB} GiB; ${machine.system}; Node ${machine.node}`,
    `File system: ${machine.fileSystem}`,
    `Load when it began: ${machine.load.toFixed(1)}${machine.load > machine.cores ? ' (busy: read ratios, not figures)' : ''}`,
    `Plan: ${plan.name}; ${plan.rounds} rounds, medians; documents of 100 bytes, random keys`,
    '',
    table(['contender', 'version', 'synced by'], who),
    ...missing.map(({ label, why }) => `Not measured: ${label}: ${why}`),
    ...skipped.map(({ title, why }) => `Not measured: ${title}: ${why}`),
  ].join('\n');
}

/** The table of a workload: figures, ratios to the floor, and how many times better KoruDelta is. */
export function workloadTable({ results, versions }: Pick<Report, 'results' | 'versions'>, workload: Workload): string {
  const { name, title, how, metrics } = workload;
  const taking = [...versions.keys()].filter(({ id }) => results.samples(name, id).length > 0);
  const [first] = metrics;
  const ratios = taking.length > 1 && first !== undefined;
  // A share is a ratio already.
  const against = first?.unit === 'ratio' ? undefined : workload.contenders.find((id) => id !== 'koru-delta');
  const head = ['', ...metrics.map(headOf)];
  if (ratios && against) head.push(`/ ${against}`);
  if (ratios) head.push('KoruDelta is');
  const rows = taking.map(({ id, label }) => {
    const cells = [label, ...metrics.map((metric) => figureText(results.figure(name, metric.name, id)))];
    if (ratios && against) cells.push(ratioText(results.ratio(name, first.name, id, against)));
    if (ratios) cells.push(ratioText(advantage(results, name, first, id)));
    return cells;
  });
  return `${title}\n${how}\n\n${table(head, rows)}`;
}

/** How many times as good KoruDelta is as somebody else. */
function advantage(results: Results, workload: string, metric: Metric, other: string): number | undefined {
  return metric.better === 'more'
    ? results.ratio(workload, metric.name, 'koru-delta', other)
    : results.ratio(workload, metric.name, other, 'koru-delta');
}

/** The name of a metric with its unit, where that is not in the name. */
export function headOf({ title, unit }: Metric): string {
  return unit === 'µs' || unit === 'ms' || unit === 'MiB' ? `${title}, ${unit}` : title;
}

/** What was reached of what is to be reached. */
export function targetTable(targets: readonly Target[]): string {
  const rows = targets.map((target) => [
    target.what,
    withUnit(target.measured, target.unit),
    `${target.at === 'least' ? '>=' : '<='} ${withUnit(target.reach, target.unit)}`,
    isMet(target) ? 'met' : 'MISSED',
  ]);
  return table(['target', 'measured', 'to reach', ''], rows);
}

function withUnit(figure: number | undefined, unit: Target['unit']): string {
  return unit === 'ratio' ? ratioText(figure) : `${figureText(figure)} ${unit}`;
}

/** The same as data. */
export function asJson(report: Report): string {
  const { machine, plan, versions, missing, skipped, workloads, results, targets } = report;
  return JSON.stringify(
    {
      machine,
      plan,
      contenders: [...versions].map(([{ id, label, sync }, version]) => ({ id, label, version, sync })),
      missing,
      skipped,
      medians: results.medians(workloads),
      samples: Object.fromEntries(
        workloads.map(({ name, contenders }) => [
          name,
          Object.fromEntries(contenders.map((id) => [id, results.samples(name, id)])),
        ]),
      ),
      targets: targets.map((target) => ({ ...target, met: isMet(target) })),
    },
    null,
    2,
  );
}
