/** Runs work until it is done or the time is over; gives how much of it was done and how long that took, in seconds. */
export async function until(
  milliseconds: number,
  most: number,
  work: (n: number) => unknown,
): Promise<{ done: number; seconds: number }> {
  const started = performance.now();
  let done = 0;
  let now = started;
  while (done < most && now - started < milliseconds) {
    const result = work(done);
    // Awaiting what is there already would charge a synchronous store for a turn of the queue.
    if (result instanceof Promise) await result;
    done += 1;
    now = performance.now();
  }
  return { done, seconds: (now - started) / 1_000 };
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
