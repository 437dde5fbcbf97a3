/** Where bytes come from: at once, or in chunks cut anywhere. A string stands for its UTF-8. */
export type ByteSource = Uint8Array | Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>;

/** How much crosses to the engine at a time: copying it holds the event loop up for a fraction of a millisecond. */
export const CHUNK_BYTES = 1 << 20;

/** A longer text is encoded into room of its own, which goes away with it. */
const SHARED_MAX = 1 << 22;

const encoder = new TextEncoder();

/** The UTF-8 of a text. */
export function encode(text: string): Uint8Array {
  return encoder.encode(text);
}

let shared = new Uint8Array(1 << 16);

/**
 * The UTF-8 of a text in room that the next call uses again: for a callee that copies it before it returns. Making the room
 * anew for each call costs more than the text.
 */
export function encodeShared(text: string): Uint8Array {
  // A UTF-16 unit becomes three bytes at most.
  if (text.length * 3 > shared.length) {
    if (text.length > SHARED_MAX / 3) return encode(text);
    shared = new Uint8Array(text.length * 3);
  }
  return shared.subarray(0, encoder.encodeInto(text, shared).written);
}

/** The bytes of a source in chunks that are not too large. */
export async function* chunks(source: ByteSource): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of source instanceof Uint8Array ? [source] : source) {
    const bytes = typeof chunk === 'string' ? encode(chunk) : chunk;
    for (let from = 0; from < bytes.length; from += CHUNK_BYTES) yield bytes.subarray(from, from + CHUNK_BYTES);
  }
}
