/**
 * The texts of the items of a list, or of the names and values of an object in turn. Parsing would cost numbers their digits
 * and objects their order, so answers are taken apart as text, level by level.
 */
export function parts(text: string): string[] {
  const found: string[] = [];
  let from = 1;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') {
      at = endOfString(text, at);
    } else if ('[{'.includes(character)) {
      depth += 1;
    } else if (']},:'.includes(character)) {
      if (depth === 1 && at > from) found.push(text.slice(from, at));
      if (depth === 1) from = at + 1;
      if (']}'.includes(character)) depth -= 1;
    }
  }
  return found;
}

/** The members of an object by their names, each as text. */
export function members(text: string): Map<string, string> {
  const all = parts(text);
  return new Map(
    Array.from({ length: all.length / 2 }, (_, n) => [JSON.parse(all[2 * n] ?? '') as string, all[2 * n + 1] ?? '']),
  );
}

/** Where the string that opens at `start` closes. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charAt(end - 1 - escapes) === '\\') escapes += 1;
    if (escapes % 2 === 0) return end;
  }
  throw new Error('A string without an end.');
}
