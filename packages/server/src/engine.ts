import { Bell, type Carrier, openNative } from 'koru-delta/inside';

/** What a piece of a conversation led to. */
export interface Conversed {
  /** The responses, a line each. */
  readonly answers: string;
  /** The requests that the engine leaves to the conversation. */
  readonly left: readonly string[];
}

/** One open database, for all conversations of the process. */
export class Engine {
  readonly carrier: Carrier;
  /** Rings when something may have been written, and when the database is closed. */
  readonly bell = new Bell();
  #closed = false;

  private constructor(carrier: Carrier) {
    this.carrier = carrier;
  }

  /** Opens a database; `options` are those of `KoruDelta.startWithPath` and the `path`. */
  static async open(options: object): Promise<Engine> {
    return new Engine(await openNative(JSON.stringify(options)));
  }

  /** Carries out lines of requests. */
  async converse(lines: Uint8Array): Promise<Conversed> {
    const text = await this.carrier.converse(lines);
    this.bell.ring();
    const end = text.indexOf('\n');
    const left = JSON.parse(text.slice(0, end)) as string[];
    return { answers: text.slice(end + 1), left };
  }

  get closed(): boolean {
    return this.#closed;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.bell.ring();
    await this.carrier.close();
  }
}
