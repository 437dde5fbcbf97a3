import { Bell } from 'koru-delta/inside';

/** How many messages the other side takes. Who wants to send more waits. */
export class Credit {
  readonly #more = new Bell();
  #left: number;

  constructor(left: number) {
    this.#left = left;
  }

  add(more: number): void {
    this.#left += more;
    this.#more.ring();
  }

  /** Takes one; waits for it, and no longer than the signal allows. */
  async take(signal: AbortSignal): Promise<void> {
    while (this.#left <= 0 && !signal.aborted) await this.#more.wait(signal);
    this.#left -= 1;
  }
}
