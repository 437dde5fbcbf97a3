import { endOfString } from './exact-number.js';

const [QUOTE, COMMA, BRACE, BRACKET] = [0x22, 0x2c, 0x7b, 0x5b];

/**
 * The text of a member of a JSON object of the engine, which writes no white space; undefined when it has none of that name.
 * Parsing it would cost its numbers their digits.
 */
export function memberText(object: string, name: string): string | undefined {
  const mark = `${JSON.stringify(name)}:`;
  let from = -1;
  let depth = 0;
  for (let at = 0; at < object.length; ) {
    const code = object.charCodeAt(at);
    if (code === QUOTE) {
      const begins = depth === 1 && from < 0 && object.startsWith(mark, at);
      at = begins ? at + mark.length : endOfString(object, at);
      if (begins) from = at;
      continue;
    }
    // The closing ones stand two places behind the opening ones in ASCII.
    const closes = code === BRACE + 2 || code === BRACKET + 2;
    if (depth === 1 && from >= 0 && (code === COMMA || closes)) return object.slice(from, at);
    if (code === BRACE || code === BRACKET) depth += 1;
    else if (closes) depth -= 1;
    at += 1;
  }
  return undefined;
}
