import type { CallOptions, Carrier } from 'koru-delta/inside';
import { recordOf } from './failure.js';
import type { Interrupt } from './interrupt.js';
import { elements, members } from './json-text.js';
import type { Place } from './place.js';
import { readRecord, type VersionRecord } from './record.js';
import type { EngineKey } from './seal-key.js';
import type { Server } from './server.js';

/** Rows per call. Large enough that the calls do not count, small enough that the first rows come at once. */
const pageRows = 500;

/** Why a database does not open when its files are not what they should be. */
const damages = ['corrupt', 'newer_format', 'io_error'];

/** A report of `verify` as JSON, and why the database does not open, where it does not. */
export interface Verified {
  report: string;
  refusal?: unknown;
}

/**
 * An open database. Results stay JSON text until a command draws them, so that every number and every member arrives as
 * it is stored.
 */
export class Database {
  private constructor(
    private readonly carrier: Carrier,
    private readonly readOnly: boolean,
    private readonly interrupt: Interrupt,
  ) {}

  static async open(
    { path }: Place,
    key: EngineKey | undefined,
    readOnly: boolean,
    interrupt: Interrupt,
  ): Promise<Database> {
    const { openNative } = await import('koru-delta/inside');
    // A database in memory begins empty, and there is no folder that a reader could disturb.
    const options = path === undefined ? {} : { path, readOnly, create: !readOnly };
    const carrier = await openNative(JSON.stringify(key ? { ...options, key } : options));
    return new Database(carrier, readOnly, interrupt);
  }

  /** Connects to a server. */
  static async connect({ url, key }: Server, readOnly: boolean, interrupt: Interrupt): Promise<Database> {
    const { connectTo } = await import('koru-delta/inside');
    return new Database(await connectTo(url, { key, signal: interrupt.signal }), readOnly, interrupt);
  }

  /** How long a call of `changes` may wait for what others write; undefined where it does not wait. */
  get feedWaitMs(): number | undefined {
    return this.carrier.feedWaitMs;
  }

  /**
   * Checks every file, and answers the report as JSON. Where files are damaged so that the database does not open, they are
   * checked from outside, and `refusal` is why it does not.
   */
  static async verify({ path }: Place, key: EngineKey | undefined): Promise<Verified> {
    const { openNative, verifyNative } = await import('koru-delta/inside');
    const options = JSON.stringify({
      ...(path !== undefined && { path, readOnly: true, create: false }),
      ...(key && { key }),
    });
    try {
      const carrier = await openNative(options);
      try {
        return { report: await carrier.call('verify', '{}') };
      } finally {
        await carrier.close();
      }
    } catch (refusal) {
      if (path === undefined || !damages.includes(recordOf(refusal).code)) throw refusal;
      return { report: await verifyNative(options), refusal };
    }
  }

  /** Runs one operation. `value` is spliced in as it stands; it has been checked to be one JSON value. */
  async call(op: string, params: Record<string, unknown>, value?: string): Promise<string> {
    this.interrupt.throwIfReceived();
    const text = JSON.stringify(params);
    return this.carrier.call(
      op,
      value === undefined ? text : `${text.slice(0, -1)},"value":${value}}`,
      this.#options(params),
    );
  }

  /** A read is let go of when the person has had enough; of a write, which was sent, the answer is waited for. */
  #options({ waitMs }: Record<string, unknown>): CallOptions {
    return { ...(this.readOnly && { signal: this.interrupt.signal }), waitMs: waitMs as number | undefined };
  }

  /** The record of one version. */
  async record(op: string, params: Record<string, unknown>): Promise<VersionRecord> {
    return readRecord(await this.call(op, params));
  }

  /** The rows of an operation that answers in pages, as texts; at most `most` of them. */
  async *pages(
    op: string,
    params: Record<string, unknown>,
    rows: string,
    most = Number.POSITIVE_INFINITY,
  ): AsyncGenerator<string[]> {
    let left = most;
    let cursor: string | undefined;
    while (left > 0) {
      const limit = Math.min(left, pageRows);
      const page = members(await this.call(op, { ...params, limit, ...(cursor && { cursor }) }));
      const found = elements(page.get(rows) ?? '[]');
      left -= found.length;
      if (found.length > 0) yield found;
      cursor = JSON.parse(page.get('cursor') ?? 'null') ?? undefined;
      if (cursor === undefined) return;
    }
  }

  /** Fails when a namespace has no keys, and then says which was probably meant. */
  async requireKeys(namespace: string): Promise<void> {
    await this.call('list', { namespace, values: false, required: true, limit: 1 });
  }

  loader(options: Record<string, unknown>) {
    return this.carrier.loader(JSON.stringify(options));
  }

  exporter(options: Record<string, unknown>) {
    return this.carrier.exporter(JSON.stringify(options));
  }

  importer(options: Record<string, unknown>) {
    return this.carrier.importer(JSON.stringify(options));
  }

  async close(): Promise<void> {
    await this.carrier.close();
  }
}
