import type { Carrier } from './carrier.js';
import { type ErrorRecord, failure, KoruDeltaError } from './errors.js';
import { parseForReport } from './json.js';
import { notSent, outcomeUnknown, throwIfAborted } from './signal.js';

/** What the engine answers to one write of many. */
type Outcome = { ok: unknown; error?: never } | { ok?: never; error: ErrorRecord };

/** How much goes into one call, so that no text grows without bound. */
const CALLS_MAX = 4_096;
const CHARACTERS_MAX = 8 << 20;

/**
 * Brings the writes of one database to the engine in the order they were asked for, as many in one call as there are: those
 * of one tick go together, and so do those that come while a call is under way. The engine answers such a call with one
 * sync of the disk, which is what makes a thousand concurrent puts cheap. A put that is alone goes at once.
 */
export class WriteQueue {
  readonly #carrier: Carrier;
  readonly #written: () => void;
  #waiting: Entry[] = [];
  #flight: Promise<void> | undefined;
  #closed = false;

  /** `written` is called whenever something may have been written. */
  constructor(carrier: Carrier, written: () => void) {
    this.#carrier = carrier;
    this.#written = written;
  }

  /** Sends one write; `params` is its JSON text. Resolves to the engine's result. */
  async send<T>(op: string, params: string, signal?: AbortSignal): Promise<T> {
    throwIfAborted(signal);
    const { ok, error } = await this.#enqueue<Outcome>({ call: `{"op":"${op}","params":${params}}` }, signal);
    if (error) throw new KoruDeltaError(error);
    return ok as T;
  }

  /** Runs a write that cannot share a call, behind all that were asked for before it. */
  async run<T>(job: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    throwIfAborted(signal);
    return this.#enqueue<T>({ job }, signal);
  }

  /** Refuses further writes and waits for those under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#flight;
  }

  #enqueue<T>(work: Work, signal: AbortSignal | undefined): Promise<T> {
    if (this.#closed) return Promise.reject(failure('closed', 'The database is closed.'));
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push(new Entry(work, resolve as (result: unknown) => void, reject, signal));
      this.#flight ??= this.#fly();
    });
  }

  /** Flies until nobody waits. The first flight leaves after the tick's other writes have come aboard. */
  async #fly(): Promise<void> {
    await undefined;
    while (this.#waiting.length > 0) {
      const [first, ...others] = this.#board();
      if (first?.work.job) await this.#runAlone(first, first.work.job);
      else if (first) await this.#carry([first, ...others]);
      this.#written();
    }
    this.#flight = undefined;
  }

  /** Takes who goes next: a job alone, or the calls in front of the next job. */
  #board(): Entry[] {
    const entries: Entry[] = [];
    let characters = 0;
    let taken = 0;
    for (const entry of this.#waiting) {
      const size = entry.work.call?.length ?? Number.POSITIVE_INFINITY;
      const full = entries.length === CALLS_MAX || characters + size > CHARACTERS_MAX;
      if (entries.length > 0 && full) break;
      taken += 1;
      if (!entry.leave()) continue;
      entries.push(entry);
      characters += size;
    }
    this.#waiting = this.#waiting.slice(taken);
    return entries;
  }

  async #carry(entries: readonly Entry[]): Promise<void> {
    try {
      const answer = await this.#carrier.callMany(`[${entries.map(({ work }) => work.call).join()}]`);
      const outcomes = parseForReport<Outcome[]>(answer);
      entries.forEach((entry, index) => {
        entry.resolve(outcomes[index]);
      });
    } catch (error) {
      for (const entry of entries) entry.reject(error);
    }
  }

  async #runAlone(entry: Entry, job: () => Promise<unknown>): Promise<void> {
    try {
      entry.resolve(await job());
    } catch (error) {
      entry.reject(error);
    }
  }
}

/** One call among many, or a job that goes alone. */
type Work = { call: string; job?: never } | { call?: never; job: () => Promise<unknown> };

/** A write on its way. */
class Entry {
  readonly work: Work;
  readonly #resolve: (result: unknown) => void;
  readonly #reject: (error: unknown) => void;
  readonly #signal: AbortSignal | undefined;
  #state: 'waiting' | 'sent' | 'stopped' = 'waiting';

  constructor(
    work: Work,
    resolve: (result: unknown) => void,
    reject: (error: unknown) => void,
    signal: AbortSignal | undefined,
  ) {
    this.work = work;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#stop, { once: true });
  }

  /** Marks it as sent; false when its caller has already given up. */
  leave(): boolean {
    if (this.#state === 'waiting') this.#state = 'sent';
    return this.#state === 'sent';
  }

  resolve(result: unknown): void {
    this.#signal?.removeEventListener('abort', this.#stop);
    this.#resolve(result);
  }

  reject(error: unknown): void {
    this.#signal?.removeEventListener('abort', this.#stop);
    this.#reject(error);
  }

  readonly #stop = (): void => {
    const signal = this.#signal;
    if (!signal) return;
    this.#reject(this.#state === 'sent' ? outcomeUnknown(signal) : notSent(signal));
    this.#state = 'stopped';
  };
}
