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
    const { ok, error } = await this.#enqueue<Outcome>({ op, params }, signal);
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
      const entries = this.#board();
      const [only] = entries;
      if (only && entries.length === 1) await this.#carryAlone(only, only.work);
      else await this.#carry(entries);
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
      const size = entry.work.params?.length ?? Number.POSITIVE_INFINITY;
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
      const answer = await this.#carrier.callMany(`[${entries.map(({ work }) => callText(work)).join()}]`);
      const outcomes = parseForReport<Outcome[]>(answer);
      entries.forEach((entry, index) => {
        entry.resolve(outcomes[index]);
      });
    } catch (error) {
      for (const entry of entries) entry.reject(error);
    }
  }

  /** A call that is alone needs no list around it: for a batch, that is one pass over its text less. */
  async #carryAlone(entry: Entry, { op, params, job }: Work): Promise<void> {
    try {
      entry.resolve(job ? await job() : { ok: parseForReport(await this.#carrier.call(op, params)) });
    } catch (error) {
      if (job || !(error instanceof KoruDeltaError)) entry.reject(error);
      else entry.resolve({ error: error.toJSON() });
    }
  }
}

/** One call among many, or a job that goes alone. */
type Work = { op: string; params: string; job?: never } | { op?: never; params?: never; job: () => Promise<unknown> };

function callText({ op, params }: Work): string {
  return `{"op":"${op}","params":${params}}`;
}

/** A write on its way. */
class Entry {
  readonly work: Work;
  readonly #resolve: (result: unknown) => void;
  readonly #reject: (error: unknown) => void;
  readonly #settled: (() => void) | undefined;
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
    if (!signal) return;
    const stop = () => this.#stop(signal);
    signal.addEventListener('abort', stop, { once: true });
    this.#settled = () => signal.removeEventListener('abort', stop);
  }

  /** Marks it as sent; false when its caller has already given up. */
  leave(): boolean {
    if (this.#state === 'waiting') this.#state = 'sent';
    return this.#state === 'sent';
  }

  resolve(result: unknown): void {
    this.#settled?.();
    this.#resolve(result);
  }

  reject(error: unknown): void {
    this.#settled?.();
    this.#reject(error);
  }

  #stop(signal: AbortSignal): void {
    this.#reject(this.#state === 'sent' ? outcomeUnknown(signal) : notSent(signal));
    this.#state = 'stopped';
  }
}
