// JSON is taken apart here without reading its values, because a JavaScript number or object would not give back what
// the database keeps exactly: 1e400, -0, 1.0, 9007199254740993, the order of members. Every function expects JSON that a
// parser accepted before, as all JSON from the engine is.

/** The texts of an array's elements. */
export function elements(array: string): string[] {
  const found: string[] = [];
  let at = skipSpace(array, array.indexOf('[') + 1);
  while (array[at] !== ']') {
    const end = endOfValue(array, at);
    found.push(array.slice(at, end));
    at = skipSpace(array, end);
    if (array[at] === ',') at = skipSpace(array, at + 1);
  }
  return found;
}

/** The names of an object's members and the texts of their values, in their order. */
export function members(object: string): Map<string, string> {
  const found = new Map<string, string>();
  let at = skipSpace(object, object.indexOf('{') + 1);
  while (object[at] !== '}') {
    const nameEnd = endOfString(object, at);
    const start = skipSpace(object, object.indexOf(':', nameEnd) + 1);
    const end = endOfValue(object, start);
    found.set(JSON.parse(object.slice(at, nameEnd)), object.slice(start, end));
    at = skipSpace(object, end);
    if (object[at] === ',') at = skipSpace(object, at + 1);
  }
  return found;
}

/** Paints the parts of a JSON text. */
export interface Paint {
  name(text: string): string;
  string(text: string): string;
  other(text: string): string;
}

const plain: Paint = { name: (text) => text, string: (text) => text, other: (text) => text };

/** The same JSON spread over indented lines. Numbers and strings stay letter by letter. */
export function pretty(json: string, paint: Paint = plain): string {
  const out: string[] = [];
  const open: string[] = [];
  let at = skipSpace(json, 0);
  while (at < json.length) {
    const character = json[at] ?? '';
    let end = at + 1;
    if (character === '{' || character === '[') {
      const inside = skipSpace(json, end);
      if (json[inside] === '}' || json[inside] === ']') {
        out.push(character + json[inside]);
        end = inside + 1;
      } else {
        open.push(character);
        out.push(character, line(open.length));
      }
    } else if (character === '}' || character === ']') {
      open.pop();
      out.push(line(open.length), character);
    } else if (character === ',') {
      out.push(',', line(open.length));
    } else if (character === ':') {
      out.push(': ');
    } else if (character === '"') {
      end = endOfString(json, at);
      const isName = json[skipSpace(json, end)] === ':';
      out.push((isName ? paint.name : paint.string)(json.slice(at, end)));
    } else {
      end = endOfValue(json, at);
      out.push(paint.other(json.slice(at, end)));
    }
    at = skipSpace(json, end);
  }
  return out.join('');
}

function line(depth: number): string {
  return `\n${'  '.repeat(depth)}`;
}

function endOfValue(json: string, start: number): number {
  const first = json[start];
  if (first === '"') return endOfString(json, start);
  let at = start;
  if (first !== '{' && first !== '[') {
    while (at < json.length && !',]}: \t\n\r'.includes(json[at] ?? '')) at++;
    return at;
  }
  let depth = 0;
  do {
    const character = json[at];
    if (character === '"') {
      at = endOfString(json, at);
      continue;
    }
    if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    at++;
  } while (depth > 0 && at < json.length);
  return at;
}

function endOfString(json: string, start: number): number {
  let quote = start;
  do {
    quote = json.indexOf('"', quote + 1);
    if (quote === -1) return json.length;
  } while (isEscaped(json, quote));
  return quote + 1;
}

function isEscaped(json: string, at: number): boolean {
  let slashes = 0;
  while (json[at - 1 - slashes] === '\\') slashes++;
  return slashes % 2 === 1;
}

function skipSpace(json: string, start: number): number {
  let at = start;
  while (json[at] === ' ' || json[at] === '\n' || json[at] === '\r' || json[at] === '\t') at++;
  return at;
}
