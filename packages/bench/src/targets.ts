import { languageContenders } from './languages.js';
import type { Plan } from './plan.js';
import type { Results } from './results.js';

/** A number to reach. */
export interface Target {
  readonly what: string;
  readonly reach: number;
  /** Whether the number is the least or the most that is good. */
  readonly at: 'least' | 'most';
  readonly unit: 'ratio' | 'µs' | 'ms' | 'bytes' | 'per second';
  readonly measured: number | undefined;
}

/** All targets that this plan measures, with what was reached. */
export function targetsOf(results: Results, plan: Plan): Target[] {
  const overFloor = (workload: string, contender: string, metric = 'rate') =>
    results.ratio(workload, metric, contender, 'floor');
  const overPeers = (workload: string) =>
    Math.min(
      ...['lmdb', 'sqlite', 'level'].flatMap((peer) => results.ratio(workload, 'rate', 'koru-delta', peer) ?? []),
    );
  const own = (workload: string, metric: string) => results.figure(workload, metric, 'koru-delta');
  const least = (
    what: string,
    reach: number,
    measured: number | undefined,
    unit: Target['unit'] = 'ratio',
  ): Target => ({
    what,
    reach,
    at: 'least',
    unit,
    measured,
  });
  const most = (what: string, reach: number, measured: number | undefined, unit: Target['unit'] = 'ratio'): Target => ({
    what,
    reach,
    at: 'most',
    unit,
    measured,
  });
  const depths = (title: string) =>
    plan.depths.map((depth) => [`${title}, ${depth.toLocaleString('en')} versions a key`, depth] as const);
  const inTurns = (workload: string, contender: string) => results.figure(workload, 'share', contender);
  /** Documents a second, by whichever of the two forms and of the sizes a client is fastest. */
  const bulk = (contender: string) => {
    const rates = ['wire-batches-1000', 'wire-batches-10000'].flatMap((workload) =>
      ['rate', 'linesRate'].flatMap((metric) => results.figure(workload, metric, contender) ?? []),
    );
    return rates.length > 0 ? Math.max(...rates) : undefined;
  };
  const largest = plan.growth.at(-1) ?? 0;
  return [
    least('engine, durable batches / floor', 3, overFloor('durable-batches', 'engine')),
    least('engine sealed, durable batches / floor', 2, overFloor('durable-batches', 'engine-sealed')),
    least('batchPut of objects / floor', 1.3, overFloor('durable-batches', 'koru-delta')),
    least('batchPut of NDJSON bytes / floor', 2.2, overFloor('durable-batches', 'koru-delta-lines')),
    least('10 versions of each key / new keys', 0.95, own('kept-history', 'share')),
    most('one durable put / bare write', 1.3, own('single-put', 'share')),
    least('1,000 concurrent puts / floor', 0.7, overFloor('concurrent-puts', 'koru-delta')),
    least('point get / Map and JSON.parse', 0.85, results.ratio('point-get', 'rate', 'koru-delta', 'floor')),
    least('point get / best peer', 1, overPeers('point-get')),
    ...depths('get in the past / now').map(([what, depth]) => least(what, 0.9, own(`past-reads-${depth}`, 'share'))),
    ...depths('list in the past / now').map(([what, depth]) => most(what, 2, own(`past-lists-${depth}`, 'share'))),
    ...depths('history(limit 10) p99').map(([what, depth]) =>
      most(what, 1_000, own(`past-lists-${depth}`, 'history'), 'µs'),
    ),
    most('open after a clean close', 10, own('reopen', 'closed'), 'ms'),
    most('open after kill -9', 200, own('reopen', 'killed'), 'ms'),
    most(`open of ${largest.toLocaleString('en')} versions`, 10, own(`growth-${largest}`, 'open'), 'ms'),
    most('space for each document of 100 bytes', 90, own('reopen', 'bytes'), 'bytes'),
    most('memory, of the budget, loading 10 times of it', 1, own('memory', 'share')),
    most('memory of one batch, of its data', 2, own('one-batch', 'share')),
    most('kdelta --version / node -e 0', 1.5, own('command-start', 'share')),
    least('through the server, NDJSON / floor', 1.1, inTurns('server-lines-1000', 'http-lines')),
    least('through the server, NDJSON of 10,000 / floor', 1.1, inTurns('server-lines-10000', 'http-lines')),
    least('through the server, 8 clients at once / floor', 1.1, inTurns('server-lines-1000-by-8', 'http-lines')),
    // About what a floor does; the tables have the ratios to the floor of this run.
    ...languageContenders.map(({ id, label }) => least(`bulk from ${label}`, 200_000, bulk(id), 'per second')),
  ].filter(({ measured }) => measured !== undefined && Number.isFinite(measured));
}

export function isMet({ measured, reach, at }: Target): boolean {
  if (measured === undefined) return false;
  return at === 'least' ? measured >= reach : measured <= reach;
}
