import type { Server, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** The requests that are under way. */
export class Work {
  readonly #responses = new Set<ServerResponse>();
  #quiet: (() => void) | undefined;

  /** Begins to look at the requests of a server. */
  attend(server: Server): void {
    server.on('request', (_, response) => {
      this.#responses.add(response);
      response.once('close', () => {
        this.#responses.delete(response);
        if (this.#responses.size === 0) this.#quiet?.();
      });
    });
  }

  /** Resolves when nothing is under way, or after so many milliseconds. */
  async done(limitMs: number): Promise<void> {
    if (this.#responses.size === 0) return;
    const over = new AbortController();
    const quiet = new Promise<void>((resolve) => {
      this.#quiet = resolve;
    });
    await Promise.race([quiet, pause(limitMs, undefined, { signal: over.signal }).catch(() => {})]);
    over.abort();
  }
}
