import { encode } from './bytes.js';
import { type ErrorRecord, KoruDeltaError } from './errors.js';
import { parseForReport } from './json.js';

/** A request of JSON-RPC and its line feed, in UTF-8; without an id nothing is answered. */
export function requestLine(id: number | undefined, method: string, params: string | Uint8Array): Uint8Array {
  const named = id === undefined ? '' : `"id":${id},`;
  const head = `{"jsonrpc":"2.0",${named}"method":${JSON.stringify(method)},"params":`;
  return typeof params === 'string' ? encode(`${head}${params}}\n`) : framed(head, params, '}\n');
}

/** Bytes between two texts. */
export function framed(head: string, bytes: Uint8Array, tail: string): Uint8Array {
  const [before, after] = [encode(head), encode(tail)];
  const all = new Uint8Array(before.length + bytes.length + after.length);
  all.set(before);
  all.set(bytes, before.length);
  all.set(after, before.length + bytes.length);
  return all;
}

/**
 * The result of a response, as the text that it is: parsing it would cost its numbers their digits. Undefined when the text is
 * no response to that request.
 *
 * @throws {@link KoruDeltaError} when the response is a failure.
 */
export function resultOf(response: string, id: number): string | undefined {
  const head = `{"jsonrpc":"2.0","id":${id},"result":`;
  const text = response.trimEnd();
  if (text.startsWith(head) && text.endsWith('}')) return text.slice(head.length, -1);
  const { error } = messageOf(text) ?? {};
  if (error?.data) throw new KoruDeltaError(error.data);
  return undefined;
}

/** A message that is not a result. */
export interface Message {
  readonly id?: unknown;
  readonly error?: { readonly data?: ErrorRecord };
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** The message of a line; undefined when it is none. */
export function messageOf(line: string): Message | undefined {
  try {
    const message = parseForReport<unknown>(line);
    return typeof message === 'object' && message !== null ? message : undefined;
  } catch {
    return undefined;
  }
}
