/** Where bytes come from: at once, or in chunks cut anywhere. A string stands for its UTF-8. */
export type ByteSource = Uint8Array | Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>;

/** How much crosses to the engine at a time: copying it holds the event loop up for a fraction of a millisecond. */
export const CHUNK_BYTES = 1 << 20;

const encoder = new TextEncoder();

/** The UTF-8 of a text. */
export function encode(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The bytes of a source in chunks that are not too large. */
export async function* chunks(source: ByteSource): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of source instanceof Uint8Array ? [source] : source) {
    const bytes = typeof chunk === 'string' ? encode(chunk) : chunk;
    for (let from = 0; from < bytes.length; from += CHUNK_BYTES) yield bytes.subarray(from, from + CHUNK_BYTES);
  }
}
