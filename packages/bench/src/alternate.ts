import { median } from './timed.js';

/** The times that two sides took, turn by turn, in milliseconds. */
export interface Sides {
  readonly own: readonly number[];
  readonly other: readonly number[];
}

/** What a side gives that takes its own time, in milliseconds. */
interface Timed {
  readonly milliseconds: number;
}

/** A turn of a side. */
export type Side = (n: number) => unknown;

/**
 * Two sides in turns in one process, until both have had `most` turns or the time is over. Disks and neighbours change their
 * mood from one second to the next; what alternates meets the same mood. The order changes from turn to turn, so that
 * neither side always comes behind the other.
 */
export async function alternate(milliseconds: number, most: number, own: Side, other: Side): Promise<Sides> {
  const sides = { own: [] as number[], other: [] as number[] };
  const started = performance.now();
  for (let n = 0; n < most && performance.now() - started < 2 * milliseconds; n += 1) {
    for (const side of n % 2 === 0 ? (['own', 'other'] as const) : (['other', 'own'] as const)) {
      const before = performance.now();
      const result = await (side === 'own' ? own : other)(n);
      const passed = performance.now() - before;
      sides[side].push((result as Timed | undefined)?.milliseconds ?? passed);
    }
  }
  return sides;
}

/** How many times as fast the own side was, by all the time that each took. */
export function advantageOf({ own, other }: Sides): number {
  return sum(other) / sum(own);
}

/** How long the own side took in the middle, as a multiple of the other's. */
export function costOf({ own, other }: Sides): number {
  return median(own) / median(other);
}

/** Turns a second, by all the time they took. */
export function perSecond(times: readonly number[]): number {
  return (times.length / sum(times)) * 1_000;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
