/** How many messages the other side takes. Who wants to send more waits. */
export class Credit {
  #left: number;
  #waiting: (() => void) | undefined;

  constructor(left: number) {
    this.#left = left;
  }

  add(more: number): void {
    this.#left += more;
    this.#waiting?.();
  }

  /** Takes one; waits for it, and no longer than the signal allows. */
  async take(signal: AbortSignal): Promise<void> {
    while (this.#left <= 0 && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    this.#left -= 1;
  }
}
