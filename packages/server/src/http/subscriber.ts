import type { ServerResponse } from 'node:http';

/** A client of the feed, and how far it has been told. */
export class Subscriber {
  readonly #out: ServerResponse;
  /** Aborts when nothing more is to be told: the client is gone, or may no longer listen. */
  readonly ended: AbortSignal;
  /** The cursor behind what was told. */
  cursor: string;

  constructor(out: ServerResponse, cursor: string, ended: AbortSignal) {
    this.#out = out;
    this.cursor = cursor;
    this.ended = ended;
  }

  /** Tells it something; false when it has to be waited for before more is told. */
  send(text: string | Buffer): boolean {
    return this.#out.write(text);
  }

  /** Whether what it was told still waits to be taken. */
  get lags(): boolean {
    return this.#out.writableNeedDrain;
  }

  /** Waits until it has taken what it was told, or nothing more is to be told. */
  taken(): Promise<void> {
    if (!this.lags || this.ended.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        this.#out.off('drain', done);
        this.#out.off('close', done);
        this.ended.removeEventListener('abort', done);
        resolve();
      };
      this.#out.on('drain', done);
      this.#out.on('close', done);
      this.ended.addEventListener('abort', done);
    });
  }
}
