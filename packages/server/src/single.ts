import { isUtf8 } from 'node:buffer';

/** One request on one line. */
export interface Single {
  readonly id: number;
  readonly method: string;
  /** The text of its params, if they are well formed. */
  readonly params: string;
}

/** Longer ones take so long anyway that nothing is won. */
const BYTES_MAX = 16 << 10;

const FEED = 0x0a;
const HEAD = /^\{"jsonrpc":"2\.0","id":(0|[1-9]\d{0,14}),"method":"(\w+)","params":(?=\{)/;

/**
 * The request, where there is one alone, and in the form in which clients write it; undefined for all others. What stands
 * behind its head is for the engine to judge: if it takes the params for one object, the line was the request.
 */
export function singleOf(lines: Buffer): Single | undefined {
  if (lines.length > BYTES_MAX) return undefined;
  const feed = lines.indexOf(FEED);
  if (feed >= 0 && feed < lines.length - 1) return undefined;
  if (!isUtf8(lines)) return undefined;
  const text = lines.toString('utf8', 0, feed < 0 ? lines.length : feed);
  const [head, id, method] = HEAD.exec(text) ?? [];
  if (head === undefined || method === undefined || !text.endsWith('}')) return undefined;
  return { id: Number(id), method, params: text.slice(head.length, -1) };
}
