/** A line, with its line feed, as long as a line may be. */
export const LINE_BYTES_MAX = 32 << 20;

/** What a chunk brought: whole lines, and how many others were too long and are passed over. */
export interface Lines {
  readonly bytes: Buffer;
  readonly tooLong: number;
}

const FEED = 0x0a;

/**
 * Puts chunks that are cut anywhere together to whole lines. A line that is too long costs no memory; one that lies within a
 * chunk is never too long, since a chunk of a pipe is short.
 */
export class LineJoiner {
  readonly #max: number;
  #rest: Buffer[] = [];
  #length = 0;
  #skipping = false;

  constructor(max = LINE_BYTES_MAX) {
    this.#max = max;
  }

  push(chunk: Buffer): Lines {
    const whole: Buffer[] = [];
    let tooLong = 0;
    let from = 0;
    // The first line feed ends what was begun before; the last one begins what is kept for later.
    const first = chunk.indexOf(FEED);
    if (first >= 0) {
      const head = chunk.subarray(0, first + 1);
      if (this.#skipping) this.#skipping = false;
      else if (this.#length + head.length > this.#max) tooLong += 1;
      else whole.push(...this.#rest, head);
      this.#forget();
      from = first + 1;
      const last = chunk.lastIndexOf(FEED) + 1;
      if (last > from) whole.push(chunk.subarray(from, last));
      from = Math.max(last, from);
    }
    const tail = chunk.subarray(from);
    if (tail.length > 0 && !this.#skipping) {
      this.#rest.push(tail);
      this.#length += tail.length;
      if (this.#length > this.#max) {
        tooLong += 1;
        this.#forget();
        this.#skipping = true;
      }
    }
    return { bytes: whole.length === 1 && whole[0] ? whole[0] : Buffer.concat(whole), tooLong };
  }

  /** What came after the last line feed; a stream that ends owes no line feed. */
  end(): Buffer {
    const rest = Buffer.concat(this.#rest);
    this.#forget();
    return rest;
  }

  #forget(): void {
    this.#rest = [];
    this.#length = 0;
  }
}
