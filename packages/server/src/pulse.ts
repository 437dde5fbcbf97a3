import { Bell, type Carrier } from 'koru-delta/inside';

/** Tells those who wait that something was written, and does not disturb them for less. */
export class Pulse {
  readonly #carrier: Carrier;
  readonly #bell = new Bell();
  #waiting = 0;
  #newest = 0;
  #looking = false;
  #again = false;

  /** `carrier` may read everything. */
  constructor(carrier: Carrier) {
    this.#carrier = carrier;
  }

  /** Resolves when something was written after the call, or the database is closed, or the signal aborts. */
  async wait(signal?: AbortSignal): Promise<void> {
    this.#waiting += 1;
    await this.#bell.wait(signal);
    this.#waiting -= 1;
  }

  /** Something may have been written. Whether it was, is looked up once for all calls that come meanwhile. */
  feel(): void {
    this.#again = true;
    if (!this.#looking && this.#waiting > 0) void this.#look();
  }

  /** Wakes everybody. */
  end(): void {
    this.#bell.ring();
  }

  async #look(): Promise<void> {
    this.#looking = true;
    while (this.#again) {
      this.#again = false;
      // Whoever is woken by a database that has failed reads the failure himself.
      const newest = await this.#newestSeq().catch(() => Number.POSITIVE_INFINITY);
      if (newest > this.#newest) this.#bell.ring();
      if (Number.isFinite(newest)) this.#newest = newest;
    }
    this.#looking = false;
  }

  async #newestSeq(): Promise<number> {
    return (JSON.parse(await this.#carrier.call('stats', '{}')) as { lastSeq: number }).lastSeq;
  }
}
