import { Bell, failure, throwIfAborted } from 'koru-delta/inside';

/** How many chunks may be on their way before the first of them was taken. */
const AHEAD = 8;

/** How long a chunk may be. */
const CHUNK_BYTES_MAX = 1 << 20;

/** Chunks that a client sends into a call, no more of them at a time than it was told. */
export class Intake {
  readonly #grant: (more: number) => void;
  readonly #arrived = new Bell();
  #chunks: Buffer[] = [];
  #allowed = AHEAD;
  #ended = false;
  #failure: Error | undefined;

  /** `grant` tells the client how many more chunks it may send. */
  constructor(grant: (more: number) => void) {
    this.#grant = grant;
    grant(AHEAD);
  }

  push(text: string): void {
    const chunk = Buffer.from(text);
    this.#allowed -= 1;
    if (this.#allowed < 0) this.#failure = failure('bad_request', 'A chunk came without credit for it.');
    else if (chunk.length > CHUNK_BYTES_MAX)
      this.#failure = failure('request_too_large', `A chunk is longer than ${CHUNK_BYTES_MAX} bytes.`);
    else if (!this.#ended) this.#chunks.push(chunk);
    this.#arrived.ring();
  }

  end(): void {
    this.#ended = true;
    this.#arrived.ring();
  }

  /** The chunks in their order, until the end; ends with a failure when the client breaks the rules or the signal aborts. */
  async *chunks(signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
    for (;;) {
      if (this.#failure) throw this.#failure;
      throwIfAborted(signal);
      const chunk = this.#chunks.shift();
      if (chunk) {
        yield chunk;
        this.#allowed += 1;
        this.#grant(1);
      } else if (this.#ended) {
        return;
      } else {
        await this.#arrived.wait(signal);
      }
    }
  }
}
