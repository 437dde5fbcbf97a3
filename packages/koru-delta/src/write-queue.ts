import { encodeShared } from './bytes.js';
import type { Carrier } from './carrier.js';
import { failure } from './errors.js';
import { type Call, Flight, type Outcome, type Passenger } from './flight.js';
import { notSent, onAbort, outcomeUnknown } from './signal.js';

/** How much goes into one call, so that no text grows without bound. */
const CALLS_MAX = 4_096;
const CHARACTERS_MAX = 8 << 20;

/** When so many wait, they leave before the tick ends: the engine writes while JavaScript makes the others of the tick. */
const EARLY = 256;

/**
 * Brings the writes of one database to the engine in the order they were asked for, as many in one call as there are: those
 * of one tick go together, and so do those that come while a call is under way. The engine answers such a call with one
 * sync of the disk, which is what makes a thousand concurrent puts cheap. A put that is alone goes at once.
 */
export class WriteQueue {
  readonly #carrier: Carrier;
  readonly #written: () => void;
  #waiting: Entry[] = [];
  #flying = false;
  #scheduled = false;
  #closed = false;
  #landed: (() => void) | undefined;

  /** `written` is called whenever something may have been written. */
  constructor(carrier: Carrier, written: () => void) {
    this.#carrier = carrier;
    this.#written = written;
  }

  /** Sends one write; `repeatable` tells that it does no harm to send it twice. */
  send(call: Call, signal?: AbortSignal, repeatable = false): Promise<Outcome> {
    return this.#enqueue({ call, repeatable }, signal);
  }

  /** Runs a write that cannot share a call, behind all that were asked for before it. */
  run<T>(job: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#enqueue({ job }, signal);
  }

  /** Refuses further writes and waits for those under way. */
  async close(): Promise<void> {
    this.#closed = true;
    if (!this.#flying && this.#waiting.length === 0) return;
    await new Promise<void>((resolve) => {
      this.#landed = resolve;
    });
  }

  #enqueue<T>(work: Work, signal: AbortSignal | undefined): Promise<T> {
    if (signal?.aborted) return Promise.reject(notSent(signal));
    if (this.#closed) return Promise.reject(failure('closed', 'The database is closed.'));
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push(new Entry(work, resolve as (result: unknown) => void, reject, signal));
      if (this.#flying) return;
      if (this.#waiting.length >= EARLY) this.#depart();
      else this.#schedule();
    });
  }

  /** The first flight leaves when the tick's other writes have come aboard. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      if (!this.#flying) this.#depart();
    });
  }

  /** Flies until nobody waits. */
  #depart(): void {
    const entries = this.#board();
    const [first] = entries;
    if (!first) {
      this.#landed?.();
      return;
    }
    this.#flying = true;
    const { job } = first.work;
    const flight = job ? this.#carryAlone(first, job) : this.#carry(entries);
    flight.then(() => {
      this.#flying = false;
      this.#written();
      this.#depart();
    });
  }

  /** Takes who goes next: a job alone, or the calls in front of the next job, repeatable ones apart from others. */
  #board(): Entry[] {
    const entries: Entry[] = [];
    let characters = 0;
    let taken = 0;
    for (const entry of this.#waiting) {
      const size = sizeOf(entry.work);
      const full = entries.length === CALLS_MAX || characters + size > CHARACTERS_MAX;
      if (entries[0] && (full || entries[0].repeatable !== entry.repeatable)) break;
      taken += 1;
      if (!entry.leave()) continue;
      entries.push(entry);
      characters += size;
    }
    this.#waiting = this.#waiting.slice(taken);
    return entries;
  }

  /** Never fails: whatever happens is told to those aboard. */
  async #carry(entries: Entry[]): Promise<void> {
    try {
      const flight = new Flight(entries);
      const repeatable = entries.every((entry) => entry.repeatable);
      flight.land(await this.#carrier.callMany(encodeShared(flight.text), { repeatable }));
    } catch (error) {
      for (const entry of entries) entry.reject(error);
    }
  }

  async #carryAlone(entry: Entry, job: () => Promise<unknown>): Promise<void> {
    try {
      entry.resolve(await job());
    } catch (error) {
      entry.reject(error);
    }
  }
}

/** One call among many, or a job that goes alone. */
type Work = { call: Call; repeatable: boolean; job?: never } | { call?: never; job: () => Promise<unknown> };

/** How much room a write takes in a flight; a job takes all of it. */
function sizeOf({ call }: Work): number {
  if (!call) return Number.POSITIVE_INFINITY;
  return 'text' in call ? call.text.length : call.params.length;
}

/** A write on its way. */
class Entry implements Passenger {
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
    this.#settled = onAbort(signal, () => this.#stop(signal));
  }

  /** Marks it as sent; false when its caller has already given up. */
  leave(): boolean {
    if (this.#state === 'waiting') this.#state = 'sent';
    return this.#state === 'sent';
  }

  get repeatable(): boolean {
    return this.work.call !== undefined && this.work.repeatable;
  }

  get call(): Call {
    return this.work.call as Call;
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
