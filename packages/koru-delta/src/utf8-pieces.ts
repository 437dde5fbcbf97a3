import { failure } from './errors.js';

/** A piece has at most so many bytes, with what was kept of the one before. */
const PIECE_BYTES = (1 << 20) - 4;

const FEED = 0x0a;

/** Turns chunks of UTF-8 that are cut anywhere into texts, which a wire of JSON can carry. */
export class Utf8Pieces {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  /** The beginning of a character whose end has not come yet. */
  #kept: Uint8Array = new Uint8Array(0);
  #line = 1;

  /** The texts of a chunk. */
  *of(chunk: Uint8Array): Generator<string, void, undefined> {
    for (let from = 0; from < chunk.length; from += PIECE_BYTES) {
      const piece = chunk.subarray(from, from + PIECE_BYTES);
      const bytes = new Uint8Array(this.#kept.length + piece.length);
      bytes.set(this.#kept);
      bytes.set(piece, this.#kept.length);
      const end = bytes.length - begun(bytes);
      this.#kept = bytes.subarray(end);
      if (end > 0) yield this.#decode(bytes.subarray(0, end));
    }
  }

  /** Nothing more comes. */
  end(): void {
    if (this.#kept.length > 0) this.#decode(this.#kept);
  }

  #decode(bytes: Uint8Array): string {
    let from = 0;
    try {
      const text = this.#decoder.decode(bytes);
      for (let at = 0; at < bytes.length; at += 1) if (bytes[at] === FEED) this.#line += 1;
      return text;
    } catch {
      // Lines that are sound stand before the one that is not.
      for (
        let end = bytes.indexOf(FEED);
        end >= 0 && this.#isSound(bytes.subarray(from, end));
        end = bytes.indexOf(FEED, from)
      ) {
        from = end + 1;
        this.#line += 1;
      }
      const detail = `Line ${this.#line} is not UTF-8. Nothing was written.`;
      throw failure('invalid_line', detail, { facts: { line: this.#line, outcome: 'not_done' } });
    }
  }

  #isSound(bytes: Uint8Array): boolean {
    try {
      this.#decoder.decode(bytes);
      return true;
    } catch {
      return false;
    }
  }
}

/** How many bytes at the end are the beginning of a character. */
function begun(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
    if (byte < 0x80) return 0;
  }
  return 0;
}
