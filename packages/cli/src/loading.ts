import type { RejectedLine } from 'koru-delta';
import type { LineLoader } from 'koru-delta/inside';
import type { Database } from './database.js';
import { elements } from './json-text.js';

/** What the engine answers to a batch. The versions and the time are null when nothing was written. */
interface Receipt {
  count: number;
  firstSeq: number | null;
  lastSeq: number | null;
  first: string | null;
  last: string | null;
  timestamp: string | null;
  durability: string;
  /** The lines that were left out, where the loader does not tell them before. */
  rejects?: RejectedLine[];
}

/** The receipts of all batches as one. */
export interface Summary extends Receipt {
  batches: number;
  rejected: number;
}

const nothing: Receipt = {
  count: 0,
  firstSeq: null,
  lastSeq: null,
  first: null,
  last: null,
  timestamp: null,
  durability: 'sync',
};
const newline = 10;

/**
 * Lines on their way into the database: one batch for all of them, which is written whole or not at all, or one for every
 * `batchSize` lines.
 */
export class Loading {
  #loader: LineLoader | undefined;
  #atLineStart = true;
  #linesInBatch = 0;
  #linesBefore = 0;
  #receipt: Receipt | undefined;
  #batches = 0;
  #rejected = 0;

  constructor(
    private readonly database: Database,
    private readonly options: Record<string, unknown>,
    private readonly batchSize: number | undefined,
    private readonly onReject: (reject: RejectedLine) => Promise<void>,
  ) {}

  /** Lines taken so far, those that were left out included. */
  get lines(): number {
    return this.#linesBefore + this.#linesInBatch;
  }

  /** Batches that are written. */
  get batches(): number {
    return this.#batches;
  }

  /** Versions that are written. */
  get count(): number {
    return this.#receipt?.count ?? 0;
  }

  /** What was written, all batches together. */
  summary(): Summary {
    return { ...(this.#receipt ?? nothing), batches: this.#batches, rejected: this.#rejected };
  }

  async feed(chunk: Uint8Array): Promise<void> {
    if (chunk.length === 0) return;
    this.#atLineStart = chunk.at(-1) === newline;
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, end + 1)) {
      this.#linesInBatch++;
      if (this.#linesInBatch !== this.batchSize) continue;
      await this.#feed(chunk.subarray(start, end + 1));
      await this.#commit();
      start = end + 1;
    }
    if (start < chunk.length) await this.#feed(chunk.subarray(start));
  }

  /** Writes what is left. */
  async finish(): Promise<void> {
    // The last line may have no end. With one, it is looked at before the commit, when it can still be left out.
    if (!this.#atLineStart) await this.feed(Uint8Array.of(newline));
    if (this.#loader || this.#batches === 0) await this.#commit();
  }

  /** Writes nothing more. */
  async abort(): Promise<void> {
    await this.#loader?.abort();
    this.#loader = undefined;
  }

  /** The number of a line in the whole input, from its number in the batch under way. */
  lineNumber(line: number): number {
    return this.#linesBefore + line;
  }

  async #feed(bytes: Uint8Array): Promise<void> {
    await this.#begun().feed(bytes);
    await this.#drainRejects();
  }

  #begun(): LineLoader {
    this.#loader ??= this.database.loader(this.options);
    return this.#loader;
  }

  async #commit(): Promise<void> {
    const loader = this.#begun();
    const { rejects = [], ...receipt } = JSON.parse(await loader.commit()) as Receipt;
    this.#loader = undefined;
    for (const reject of rejects) await this.#reject(reject);
    this.#batches++;
    this.#receipt = this.#receipt ? joined(this.#receipt, receipt) : receipt;
    this.#linesBefore += this.#linesInBatch;
    this.#linesInBatch = 0;
  }

  async #drainRejects(): Promise<void> {
    if (!this.#loader || !this.options.skipBad) return;
    for (const text of elements(this.#loader.rejects())) await this.#reject(JSON.parse(text) as RejectedLine);
  }

  async #reject(reject: RejectedLine): Promise<void> {
    this.#rejected++;
    // The engine counts the lines of its batch, and the number is told beside the reason anyway.
    const reason = reject.reason.replace(/^Line \d+ was left out: /, '');
    await this.onReject({ ...reject, line: this.lineNumber(reject.line), reason });
  }
}

function joined(a: Receipt, b: Receipt): Receipt {
  if (a.count === 0 || b.count === 0) return a.count === 0 ? b : a;
  return { ...b, count: a.count + b.count, first: a.first, firstSeq: a.firstSeq };
}
