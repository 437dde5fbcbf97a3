import { onAbort } from './signal.js';

/** Wakes those who wait for something to happen. */
export class Bell {
  #waiting: (() => void)[] = [];

  /** Wakes everybody who waits now. */
  ring(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** Waits for the bell, and no longer than the signal allows. */
  wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      let forget: (() => void) | undefined;
      const wake = () => {
        forget?.();
        this.#waiting = this.#waiting.filter((other) => other !== wake);
        resolve();
      };
      if (signal) forget = onAbort(signal, wake);
      this.#waiting.push(wake);
    });
  }
}
