import { failure } from './errors.js';
import { notSent, untilAborted } from './signal.js';

/** How long JavaScript works before it lets others have their turn. */
const SLICE_MS = 5;

/** Something to go through whose first element can be looked at before. */
export class Elements {
  readonly #source: Iterator<unknown> | AsyncIterator<unknown>;
  readonly #signal: AbortSignal | undefined;
  #first: IteratorResult<unknown> | undefined;
  /** Who ends or fails by itself is not to be told; who stalls cannot be waited for. */
  #state: 'open' | 'stalled' | 'ended' = 'open';

  constructor(source: Iterable<unknown> | AsyncIterable<unknown>, signal: AbortSignal | undefined) {
    const { [Symbol.asyncIterator]: later, [Symbol.iterator]: now } = source as Partial<
      AsyncIterable<unknown> & Iterable<unknown>
    >;
    const iterator = later?.call(source) ?? now?.call(source);
    if (!iterator) throw failure('invalid_params', 'A batch is a list of items, or bytes.');
    this.#source = iterator;
    this.#signal = signal;
  }

  async peek(): Promise<unknown> {
    this.#first ??= await this.#next();
    return this.#first.value;
  }

  /** The elements in groups of up to so many; bytes end a group. Everybody has their turn in between. */
  async *groups(size: number): AsyncGenerator<unknown[], void, undefined> {
    let began = performance.now();
    let group: unknown[] = [];
    for (;;) {
      const next = this.#first ?? this.#next();
      this.#first = undefined;
      // Waiting for what is there already would cost more than all else.
      const { done, value } = 'then' in next ? await next : next;
      if (!done) group.push(value);
      if (group.length > 0 && (done || group.length === size || isBytes(value))) {
        yield group;
        group = [];
      }
      if (done) return;
      if (performance.now() - began > SLICE_MS) {
        await turn();
        began = performance.now();
      }
    }
  }

  /** Lets go of the source, unless it has ended. */
  async end(): Promise<void> {
    const state = this.#state;
    this.#state = 'ended';
    if (state === 'ended') return;
    const ended = Promise.resolve(this.#source.return?.());
    if (state === 'open') await ended;
    else ended.catch(() => {});
  }

  #next(): IteratorResult<unknown> | Promise<IteratorResult<unknown>> {
    this.#state = 'ended';
    const next = this.#source.next();
    if ('then' in next) return this.#later(next);
    if (!next.done) this.#state = 'open';
    return next;
  }

  async #later(next: Promise<IteratorResult<unknown>>): Promise<IteratorResult<unknown>> {
    this.#state = 'stalled';
    const result = await untilAborted(
      next.catch((error: unknown) => {
        this.#state = 'ended';
        throw error;
      }),
      this.#signal,
      notSent,
    );
    this.#state = result.done ? 'ended' : 'open';
    return result;
  }
}

/** Lets everybody else have their turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export function isBytes(one: unknown): one is Uint8Array | string {
  return one instanceof Uint8Array || typeof one === 'string';
}
