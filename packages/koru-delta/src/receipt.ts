import { Pages } from './pages.js';
import type { Receipt } from './protocol.js';
import type { DurabilityName, RejectedLine } from './reports.js';
import type { Session } from './session.js';
import type { Change, VersionInfo } from './version.js';

/** The proof of a batch. Of an empty batch the count is 0 and the rest is null. */
export class BatchReceipt {
  /** How many versions were written. */
  readonly count: number;
  /** The seqs of the first and the last version; the others lie between, without gaps. */
  readonly firstSeq: number | null;
  readonly lastSeq: number | null;
  /** The ids of the first and the last version. */
  readonly first: string | null;
  readonly last: string | null;
  /** When the batch was committed: one moment for all its versions. */
  readonly timestamp: string | null;
  /** How durable the batch was when it was acknowledged. */
  readonly durability: DurabilityName;
  /** The lines that `skipBad` left out; empty without it. */
  readonly rejected: readonly RejectedLine[];
  readonly #session: Session;

  /** @internal */
  constructor(session: Session, record: Receipt, rejected: readonly RejectedLine[] = []) {
    this.#session = session;
    this.count = record.count;
    this.firstSeq = record.firstSeq;
    this.lastSeq = record.lastSeq;
    this.first = record.first;
    this.last = record.last;
    this.timestamp = record.timestamp;
    this.durability = record.durability;
    this.rejected = rejected;
  }

  /** The single versions without their values, in the order of the batch; read from the database when asked for. */
  versions(): Pages<VersionInfo> {
    const { firstSeq, lastSeq } = this;
    return new Pages<VersionInfo>(async (cursor, limit) => {
      if (firstSeq === null || lastSeq === null) return { items: [], cursor: null };
      const since = cursor ?? `seq:${firstSeq - 1}`;
      const page = await this.#session.read<{ changes: Change[]; cursor: string }>('changes', {
        since,
        limit,
        values: false,
      });
      const items = page.changes.filter(({ seq }) => seq <= lastSeq);
      const done = items.length < page.changes.length || items.at(-1)?.seq === lastSeq;
      return { items, cursor: done ? null : page.cursor };
    }, this.count);
  }
}
