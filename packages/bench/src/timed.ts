/** Runs work until it was done so often or the time is over. */
async function until(milliseconds: number, most: number, work: (n: number) => Promise<void>): Promise<void> {
  const started = performance.now();
  let done = 0;
  let now = started;
  while (done < most && now - started < milliseconds) {
    await work(done);
    done += 1;
    now = performance.now();
  }
}

/** Calls between two looks at the clock: short enough that most blocks of them are not interrupted. */
const BLOCK = 64;

/**
 * How many calls a second of a read that takes microseconds. The blocks of calls are timed, and their median counts, so that
 * other processes that want the same cores do not.
 */
export async function pace(milliseconds: number, call: (n: number) => unknown): Promise<number> {
  const blocks: number[] = [];
  let n = 0;
  await until(milliseconds, Number.POSITIVE_INFINITY, async () => {
    const started = performance.now();
    for (const end = n + BLOCK; n < end; n += 1) {
      const result = call(n);
      // Awaiting what is there already would charge a synchronous store for a turn of the queue.
      if (result instanceof Promise) await result;
    }
    blocks.push(performance.now() - started);
  });
  return (BLOCK / median(blocks)) * 1_000;
}

/** The time that each call took, in microseconds, from the shortest to the longest. */
export async function each(milliseconds: number, most: number, work: (n: number) => unknown): Promise<Float64Array> {
  const times: number[] = [];
  let before = performance.now();
  await until(milliseconds, most, async (n) => {
    before = performance.now();
    await work(n);
    times.push((performance.now() - before) * 1_000);
  });
  return Float64Array.from(times).sort();
}

/** The value below which a share of the sorted ones lies. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The middle of some numbers. */
export function median(numbers: readonly number[]): number {
  return quantile(Float64Array.from(numbers).sort(), 0.5);
}
