/**
 * Finds a number at the start of a JSON value that might not survive `JSON.parse`: 16 characters or more, or with an
 * exponent. Fifteen digits always survive. It may also match inside strings, which costs time and nothing else.
 */
const doubtful = /(?:^|[[:,\s])-?(?:[\d.]{16}|[\d.]+[eE])/;

/** A number that a JavaScript number cannot carry, and where its text lies. */
export interface InexactNumber {
  lexeme: string;
  offset: number;
}

/** Whether a JSON text may hold a number that `JSON.parse` would round: a quick look that most texts pass. */
export function isDoubtful(text: string): boolean {
  return doubtful.test(text);
}

/** The numbers of a JSON text that `JSON.parse` would round, in their order. */
export function inexactNumbers(text: string): InexactNumber[] {
  const found: InexactNumber[] = [];
  for (let offset = 0; offset < text.length; ) {
    const code = text.charCodeAt(offset);
    if (code === QUOTE) {
      offset = endOfString(text, offset);
    } else if (code === MINUS || isDigit(code)) {
      const end = endOfNumber(text, offset);
      const lexeme = text.slice(offset, end);
      if (!isExact(lexeme)) found.push({ lexeme, offset });
      offset = end;
    } else {
      offset += 1;
    }
  }
  return found;
}

/** Whether the number prints as it was written, apart from its notation. */
function isExact(lexeme: string): boolean {
  const number = Number(lexeme);
  return Number.isFinite(number) && canonical(lexeme) === canonical(String(number));
}

/** One text for all ways to write a decimal number: its digits without outer zeros, and a power of ten. */
function canonical(lexeme: string): string {
  const [mantissa = '', exponent = '0'] = lexeme.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const power = Number(exponent) - fraction.length + (digits.length - significant.length);
  return `${lexeme.startsWith('-') ? '-' : ''}${significant}e${power}`;
}

/** The JSON text with every number that would be rounded turned into a string of its digits. */
export function quoteInexactNumbers(text: string): string {
  let quoted = '';
  let from = 0;
  for (const { lexeme, offset } of inexactNumbers(text)) {
    quoted += `${text.slice(from, offset)}"${lexeme}"`;
    from = offset + lexeme.length;
  }
  return quoted + text.slice(from);
}

/** The path of the value at an offset of a well-formed JSON text: member names and indexes from the root. */
export function pathAt(text: string, target: number): (string | number)[] {
  const path: (string | number)[] = [];
  for (let offset = 0; offset < target; ) {
    const character = text[offset];
    const last = path.length - 1;
    if (character === '"') {
      const end = endOfString(text, offset);
      if (/^\s*:/.test(text.slice(end, end + 16))) path[last] = JSON.parse(text.slice(offset, end));
      offset = end;
      continue;
    }
    if (character === '{') path.push('');
    if (character === '[') path.push(0);
    if (character === '}' || character === ']') path.pop();
    if (character === ',' && typeof path[last] === 'number') path[last] += 1;
    offset += 1;
  }
  return path;
}

const QUOTE = 0x22;
const MINUS = 0x2d;
const BACKSLASH = 0x5c;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** The offset behind the string that opens at `start`. */
export function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes += 1;
    if (escapes % 2 === 0) return end + 1;
  }
  return text.length;
}

function endOfNumber(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length && /[\d.eE+-]/.test(text.charAt(end))) end += 1;
  return end;
}
