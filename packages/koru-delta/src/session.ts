import { Bell } from './bell.js';
import { encodeShared } from './bytes.js';
import type { CallOptions, Carrier } from './carrier.js';
import { failure } from './errors.js';
import { type Outcome, resultOf } from './flight.js';
import { parse } from './json.js';
import { throwIfAborted, untilAborted } from './signal.js';
import { WriteQueue } from './write-queue.js';

/** What one open database and all its views share. */
export class Session {
  readonly carrier: Carrier;
  /** Whether nothing is ever written here, so that what changes was written by another process. */
  readonly readOnly: boolean;
  /** Rings when something was written here, and when the database is closed. */
  readonly bell = new Bell();
  readonly queue: WriteQueue;
  #closing: Promise<void> | undefined;

  constructor(carrier: Carrier, readOnly: boolean) {
    this.carrier = carrier;
    this.readOnly = readOnly;
    this.queue = new WriteQueue(carrier, () => this.bell.ring());
  }

  /** Runs a read off the event loop. */
  async read<T>(op: string, params: object, signal?: AbortSignal): Promise<T> {
    this.checkOpen();
    throwIfAborted(signal);
    return parse<T>(await untilAborted(this.carrier.call(op, JSON.stringify(params), ways(params, signal)), signal));
  }

  /** Runs a small read, at once where that can be. */
  async readNow<T>(op: string, params: object, signal?: AbortSignal): Promise<T> {
    return parse<T>(await this.textNow(op, params, signal));
  }

  /** {@link readNow}, but the JSON text as it came. */
  async textNow(op: string, params: object, signal?: AbortSignal): Promise<string> {
    this.checkOpen();
    throwIfAborted(signal);
    const text = this.carrier.callNow(op, JSON.stringify(params), ways(params, signal));
    return typeof text === 'string' ? text : untilAborted(text, signal);
  }

  /** Runs many gets in one call, and answers for each by itself. */
  async gets(namespace: string, keys: readonly string[], at: string, signal?: AbortSignal): Promise<Outcome[]> {
    this.checkOpen();
    throwIfAborted(signal);
    const calls = keys.map((key) => `{"op":"get","params":${JSON.stringify({ namespace, key, at })}}`);
    const answer = this.carrier.callMany(encodeShared(`[${calls.join()}]`), { signal, reads: true });
    return parse<Outcome[]>(await untilAborted(answer, signal));
  }

  /** The present as a moment that stays what it is. */
  async now(signal?: AbortSignal): Promise<string> {
    const { lastSeq } = await this.readNow<{ lastSeq: number }>('stats', {}, signal);
    return `seq:${lastSeq}`;
  }

  /** Runs one write in its turn; `params` is its JSON text. One that has an idempotency key is `repeatable`. */
  async write<T>(op: string, params: string, signal?: AbortSignal, repeatable = false): Promise<T> {
    return resultOf<T>(await this.queue.send({ op, params }, signal, repeatable));
  }

  get closed(): boolean {
    return this.#closing !== undefined;
  }

  checkOpen(): void {
    if (this.#closing) throw failure('closed', 'The database is closed.');
  }

  /** Lets the writes under way end, then lets go of the engine. */
  close(): Promise<void> {
    this.#closing ??= this.queue.close().then(() => this.carrier.close());
    this.bell.ring();
    return this.#closing;
  }
}

/** How a read is to be carried, as far as its params say it. */
function ways(params: object, signal: AbortSignal | undefined): CallOptions {
  return { signal, waitMs: (params as { waitMs?: number }).waitMs };
}
