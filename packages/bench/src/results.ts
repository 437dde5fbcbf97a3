import { median } from './timed.js';
import type { Sample, Workload } from './workload.js';

/** Everything that was measured, round by round. */
export class Results {
  readonly #samples = new Map<string, Map<string, Sample[]>>();

  add(workload: string, contender: string, sample: Sample): void {
    const byContender = this.#samples.get(workload) ?? new Map<string, Sample[]>();
    this.#samples.set(workload, byContender);
    byContender.set(contender, [...(byContender.get(contender) ?? []), sample]);
  }

  /** The samples of a contender, one for each round. */
  samples(workload: string, contender: string): readonly Sample[] {
    return this.#samples.get(workload)?.get(contender) ?? [];
  }

  /** The median of a metric, or undefined when it was not measured. */
  figure(workload: string, metric: string, contender: string): number | undefined {
    return middle(this.samples(workload, contender).map((sample) => sample[metric]));
  }

  /** The median, over the rounds, of one contender's figure divided by another's in the same round. */
  ratio(workload: string, metric: string, contender: string, other: string): number | undefined {
    const others = this.samples(workload, other);
    return middle(
      this.samples(workload, contender).map((sample, round) => {
        const [mine, theirs] = [sample[metric], others[round]?.[metric]];
        return mine === undefined || theirs === undefined ? undefined : mine / theirs;
      }),
    );
  }

  /** The medians as plain data. */
  medians(workloads: readonly Workload[]): Record<string, Record<string, Record<string, number>>> {
    return Object.fromEntries(
      workloads.map(({ name, metrics, contenders }) => [
        name,
        Object.fromEntries(
          contenders
            .filter((contender) => this.samples(name, contender).length > 0)
            .map((contender) => [
              contender,
              Object.fromEntries(metrics.map((metric) => [metric.name, this.figure(name, metric.name, contender)])),
            ]),
        ),
      ]),
    ) as Record<string, Record<string, Record<string, number>>>;
  }
}

function middle(numbers: readonly (number | undefined)[]): number | undefined {
  const known = numbers.filter((number) => number !== undefined && Number.isFinite(number)) as number[];
  return known.length > 0 ? median(known) : undefined;
}
