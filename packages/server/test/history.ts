/*
 * What clients saw of a database, and whether one order of all writes explains it.
 *
 * The database tells its order itself: every version has a seq. So nothing has to be searched for: it is enough that the
 * order agrees with the times at which calls began and ended, as linearizability asks.
 */

/** A write that was sent. One without a seq was never answered: it may be there, once, or not. */
export interface SentWrite {
  readonly key: string;
  /** No two writes have one value. */
  readonly value: string;
  readonly began: number;
  ended?: number;
  seq?: number;
}

/** A read that was answered; the seq is that of the version that it saw, 0 for none. */
export interface SeenRead {
  readonly key: string;
  readonly value: string | undefined;
  readonly began: number;
  readonly ended: number;
  readonly seq: number;
}

/** A version of the feed. */
export interface Fed {
  readonly key: string;
  readonly value: string;
  readonly seq: number;
}

/** Everything in which the three do not agree, as sentences. */
export function contradictions(
  writes: readonly SentWrite[],
  reads: readonly SeenRead[],
  feed: readonly Fed[],
): string[] {
  return [...inFeed(writes, feed), ...inOrder(writes), ...ofReads(writes, reads, feed)];
}

/** Each answered write is in the feed at its seq, each other one at most once, and nothing else is. */
function inFeed(writes: readonly SentWrite[], feed: readonly Fed[]): string[] {
  const sent = new Map(writes.map((write) => [write.value, write]));
  const places = new Map<string, number[]>();
  const wrong: string[] = [];
  for (const { key, value, seq } of feed) {
    if (sent.get(value)?.key !== key) wrong.push(`seq ${seq} holds ${value}, which nobody wrote to ${key}`);
    places.set(value, [...(places.get(value) ?? []), seq]);
  }
  feed.forEach(({ seq }, index) => {
    if (seq !== index + 1) wrong.push(`the feed has seq ${seq} at place ${index + 1}`);
  });
  for (const { value, seq } of writes) {
    const found = places.get(value) ?? [];
    if (found.length > 1) wrong.push(`${value} was written ${found.length} times`);
    if (seq !== undefined && found[0] !== seq) wrong.push(`${value} was acknowledged as ${seq} and is at ${found}`);
  }
  return wrong;
}

/** Of two answered writes of which one ended before the other began, that one comes first. */
function inOrder(writes: readonly SentWrite[]): string[] {
  const answered = writes.filter((write) => write.seq !== undefined);
  const byBegin = [...answered].sort((a, b) => a.began - b.began);
  const byEnd = [...answered].sort((a, b) => (a.ended ?? 0) - (b.ended ?? 0));
  const wrong: string[] = [];
  let [next, highest] = [0, 0];
  for (const write of byBegin) {
    for (; (byEnd[next]?.ended ?? Number.POSITIVE_INFINITY) < write.began; next += 1)
      highest = Math.max(highest, byEnd[next]?.seq ?? 0);
    if ((write.seq ?? 0) < highest) wrong.push(`${write.value} got seq ${write.seq} after ${highest} was acknowledged`);
  }
  return wrong;
}

/** A read sees a version that was sent before it ended, and none older than what was known when it began. */
function ofReads(writes: readonly SentWrite[], reads: readonly SeenRead[], feed: readonly Fed[]): string[] {
  const sent = new Map(writes.map((write) => [write.value, write]));
  const at = new Map(feed.map((version) => [version.seq, version]));
  const wrong: string[] = [];
  for (const key of new Set(reads.map((read) => read.key))) {
    const known = [...writes, ...reads]
      .filter((one) => one.key === key && one.seq !== undefined && one.ended !== undefined)
      .map(({ seq = 0, ended = 0 }) => ({ seq, ended }))
      .sort((a, b) => a.ended - b.ended);
    let [next, newest] = [0, 0];
    for (const read of reads.filter((one) => one.key === key).sort((a, b) => a.began - b.began)) {
      for (; (known[next]?.ended ?? Number.POSITIVE_INFINITY) < read.began; next += 1)
        newest = Math.max(newest, known[next]?.seq ?? 0);
      const what = `a read of ${key} saw ${read.value} at seq ${read.seq}`;
      if (read.seq < newest) wrong.push(`${what}, and ${newest} was known before`);
      if (read.seq === 0) continue;
      const version = at.get(read.seq);
      if (version?.value !== read.value || version?.key !== key)
        wrong.push(`${what}, where the feed has ${version?.value}`);
      if ((sent.get(read.value ?? '')?.began ?? Number.POSITIVE_INFINITY) > read.ended)
        wrong.push(`${what} before it was sent`);
    }
  }
  return wrong;
}
