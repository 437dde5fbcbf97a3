import type { Contender } from './contender.js';
import type { Plan } from './plan.js';

/** What one run of a workload measured, by the names of its metrics. */
export type Sample = Readonly<Record<string, number>>;

/** Something a workload measures. */
export interface Metric {
  readonly name: string;
  /** What the column says. */
  readonly title: string;
  readonly unit: 'per second' | 'µs' | 'ms' | 'bytes' | 'MiB' | 'ratio' | 'count';
  /** Whether the higher or the lower figure is the better one. */
  readonly better: 'more' | 'less';
}

/** Parameters of a step; they travel to another process as JSON. */
export interface StepParams {
  readonly plan: Plan;
  /** An empty folder for the step. */
  readonly folder: string;
  /** The contender, where the step measures one. */
  readonly contender: string;
  /** A size, where the step has one. */
  readonly size: number;
}

/** Work that is measured in a process of its own. */
export type Step = (params: StepParams) => Promise<Sample>;

/** Runs a step in a fresh process. A step that is expected to be killed gives an empty sample. */
type Fresh = (step: string, params: StepParams) => Promise<Sample>;

/** What is given to a workload for one turn of one contender. */
interface Turn {
  readonly plan: Plan;
  readonly contender: Contender;
  readonly fresh: Fresh;
  /** A new empty folder, which is removed when the turn is over. */
  folder(): string;
}

/** A workload: one file, one table of the report. */
export interface Workload {
  readonly name: string;
  readonly title: string;
  /** How it is measured, in one sentence. */
  readonly how: string;
  readonly metrics: readonly Metric[];
  /** The ids of those who take part. The first that is not KoruDelta is what the others are divided by. */
  readonly contenders: readonly string[];
  /** Why it cannot run here, if it cannot. */
  absent?(): string | undefined;
  /** One round is enough where a figure does not vary with the time of day. */
  readonly once?: boolean;
  turn(turn: Turn): Promise<Sample>;
  /** What runs in processes of its own. */
  readonly steps: Readonly<Record<string, Step>>;
}
