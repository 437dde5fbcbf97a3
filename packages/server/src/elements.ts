const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];

/**
 * The texts of the elements of an array of objects that the engine wrote, without white space. Parsing them would cost their
 * numbers their digits.
 */
export function elements(array: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let start = 1;
  for (let at = 0; at < array.length; at += 1) {
    const code = array.charCodeAt(at);
    if (code === QUOTE) at = endOfString(array, at);
    else if (code === 0x7b || code === 0x5b) depth += 1;
    else if (code === 0x7d || code === 0x5d) depth -= 1;
    if (code === COMMA && depth === 1) {
      found.push(array.slice(start, at));
      start = at + 1;
    }
  }
  if (array.length > 2) found.push(array.slice(start, -1));
  return found;
}

/** Where the quote stands that ends a string. */
function endOfString(text: string, start: number): number {
  let end = start;
  do end = text.indexOf('"', end + 1);
  while (isEscaped(text, end));
  return end;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes += 1;
  return slashes % 2 === 1;
}
