import { type LocalCarrier, openNative } from 'koru-delta/inside';
import { resultText } from './message.js';
import { Pulse } from './pulse.js';
import { singleOf } from './single.js';

/** What a piece of a conversation led to. */
export interface Conversed {
  /** The responses, a line each. */
  readonly answers: string;
  /** The requests that the engine leaves to the conversation. */
  readonly left: readonly string[];
}

/** What all that look at one open database have in common. */
interface Shared {
  readonly pulse: Pulse;
  closed: boolean;
  /** How often something may have been written. */
  writes: number;
}

/** A page of changes on its way. */
interface Asked {
  /** How often something may have been written before. */
  readonly writes: number;
  readonly page: Promise<string>;
}

/** One open database, for all conversations of the process. */
export class Engine {
  readonly carrier: LocalCarrier;
  readonly #shared: Shared;
  readonly #asked = new Map<string, Asked>();

  private constructor(carrier: LocalCarrier, shared: Shared) {
    this.carrier = carrier;
    this.#shared = shared;
  }

  /** Opens a database; `options` are those of `KoruDelta.startWithPath` and the `path`. */
  static async open(options: object): Promise<Engine> {
    const carrier = await openNative(JSON.stringify(options));
    return new Engine(carrier, { pulse: new Pulse(carrier), closed: false, writes: 0 });
  }

  /** The same database for somebody who may do less; the grant is JSON, as the engine takes it. */
  restricted(grant: string): Engine {
    return new Engine(this.carrier.restricted(grant), this.#shared);
  }

  /** Carries out lines of requests. */
  async converse(lines: Buffer): Promise<Conversed> {
    const got = this.#got(lines);
    if (got !== undefined) return { answers: got, left: [] };
    const text = await this.carrier.converse(lines);
    this.touched();
    const end = text.indexOf('\n');
    const left = JSON.parse(text.slice(0, end)) as string[];
    return { answers: text.slice(end + 1), left };
  }

  /** The answer to a get that comes alone: the way to another thread and back would cost many times what reading does. */
  #got(lines: Buffer): string | undefined {
    const single = singleOf(lines);
    // Why there is no value, and what was meant instead, takes longer to find out.
    if (single?.method !== 'get' || single.params.includes('"required"')) return undefined;
    try {
      return resultText(single.id, this.carrier.callNow('get', single.params));
    } catch {
      // What is wrong, and whether it is with the params or with the line around them, the engine tells of the line.
      return undefined;
    }
  }

  /** A page of changes. Those who ask the same before anything more was written get one answer. */
  changes(params: string): Promise<string> {
    const { writes } = this.#shared;
    const asked = this.#asked.get(params);
    if (asked?.writes === writes) return asked.page;
    const page = this.carrier.call('changes', params);
    const mine = { writes, page };
    this.#asked.set(params, mine);
    const forget = () => {
      if (this.#asked.get(params) === mine) this.#asked.delete(params);
    };
    page.then(forget, forget);
    return page;
  }

  /** To be called when something may have been written past {@link converse}. */
  touched(): void {
    this.#shared.writes += 1;
    this.#shared.pulse.feel();
  }

  /** Resolves when something was written, the database is closed, or the signal aborts. */
  news(signal?: AbortSignal): Promise<void> {
    return this.#shared.pulse.wait(signal);
  }

  get closed(): boolean {
    return this.#shared.closed;
  }

  async close(): Promise<void> {
    this.#shared.closed = true;
    this.#shared.pulse.end();
    await this.carrier.close();
  }
}
