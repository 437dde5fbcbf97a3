import { isUtf8 } from 'node:buffer';
import { failure, type KoruDeltaError } from 'koru-delta/inside';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const FEED = 0x0a;

const word = /^(?:null|true|false|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/;

/**
 * A body that may stand where one JSON value is wanted, without the space around it and its line feeds.
 *
 * Whether it is JSON is for the engine to find out. What is certain afterwards is that a parser which reads a value from its
 * first byte either fails or ends at its last one: brackets are closed at the last byte and not before, a string ends
 * there, and a word or a number does. So nothing in it can stand beside the value that it is.
 */
export function oneValue(body: Buffer): Buffer {
  if (!isUtf8(body)) throw invalid('The body is not UTF-8.');
  const value = trimmed(body);
  const first = value[0];
  if (first === undefined) throw invalid('The body is empty, and a JSON value is wanted.');
  const end = isOpening(first) ? endOfBrackets(value) : first === QUOTE ? endOfString(value, 0) : endOfWord(value);
  if (end !== value.length)
    throw invalid(`The body is not one JSON value: it goes on, or breaks off, at byte ${end + 1}.`);
  return value;
}

function invalid(detail: string): KoruDeltaError {
  return failure('invalid_json', detail, {
    hints: [{ text: 'A text stands between double quotes, such as "Alice"; names of members do, too' }],
  });
}

function trimmed(body: Buffer): Buffer {
  let start = 0;
  let end = body.length;
  while (start < end && isSpace(body[start])) start += 1;
  while (end > start && isSpace(body[end - 1])) end -= 1;
  return body.subarray(start, end);
}

/** Where the bracket closes that the value begins with. Line feeds between its parts become spaces, which mean the same. */
function endOfBrackets(value: Buffer): number {
  let depth = 0;
  for (let at = 0; at < value.length; at += 1) {
    const byte = value[at] as number;
    if (byte === QUOTE) at = endOfString(value, at) - 1;
    else if (byte === FEED) value[at] = SPACE;
    else if (isOpening(byte)) depth += 1;
    else if (byte === 0x7d || byte === 0x5d) depth -= 1;
    if (depth === 0) return at + 1;
  }
  return value.length + 1;
}

/** Where the string ends that begins at a place. No control character stands in one unescaped. */
function endOfString(value: Buffer, start: number): number {
  for (let at = start + 1; at < value.length; at += 1) {
    const byte = value[at] as number;
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) at += 1;
    if ((value[at] ?? SPACE) < SPACE)
      throw invalid(`The body holds a control character in a string, at byte ${at + 1}.`);
  }
  throw invalid('The body breaks off inside of a string.');
}

function endOfWord(value: Buffer): number {
  return word.exec(value.toString('latin1'))?.[0].length ?? 0;
}

function isOpening(byte: number): boolean {
  return byte === 0x7b || byte === 0x5b;
}

function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === FEED || byte === 0x0d || byte === 0x09;
}
