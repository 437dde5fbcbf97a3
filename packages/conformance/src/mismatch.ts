import { shorthand } from './expanded.js';
import { Names } from './names.js';
import { members, parts } from './parts.js';

/** What a word in angle brackets fits, by its JSON text. */
const words = new Map<string, RegExp>([
  ['<version>', /^"[0-7][0-9A-HJKMNP-TV-Z]{25}"$/],
  ['<timestamp>', /^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"$/],
  ['<text>', /^"(?!"$)/],
  ['<count>', /^(0|[1-9]\d*)$/],
  ['<list>', /^\[/],
  ['<any>', /^/],
]);

/** How an answer, a JSON text, differs from what a vector expects; undefined when it fits. */
export function mismatch(expected: unknown, text: string, names: Names, path = ''): string | undefined {
  const said = `${path || 'the answer'} is ${short(text)}`;
  const word = typeof expected === 'string' ? words.get(expected) : undefined;
  if (word) return word.test(text) ? undefined : `${said} and not ${expected}`;
  if (Names.isReference(expected)) {
    const wanted = names.get(expected);
    return text === wanted ? undefined : `${said} and not ${expected}, ${short(wanted)}`;
  }
  if (typeof expected !== 'object' || expected === null) return differs(expected, text, said);
  const exact = shorthand(expected);
  if (exact !== undefined) return text === exact ? undefined : `${said} and not ${short(exact)}`;
  if (Array.isArray(expected)) {
    if (!text.startsWith('[')) return `${said} and not a list`;
    return listMismatch(expected, parts(text), names, path);
  }
  if (!text.startsWith('{')) return `${said} and not an object`;
  return objectMismatch(expected as Record<string, unknown>, members(text), names, path);
}

function differs(expected: unknown, text: string, said: string): string | undefined {
  const same = typeof expected === 'string' ? text.startsWith('"') && JSON.parse(text) === expected : false;
  return same || text === JSON.stringify(expected) ? undefined : `${said} and not ${JSON.stringify(expected)}`;
}

function listMismatch(expected: unknown[], items: string[], names: Names, path: string): string | undefined {
  if (items.length !== expected.length) {
    return `${path || 'the answer'} has ${items.length} items and not ${expected.length}: ${short(items.join(','))}`;
  }
  return first(expected.map((item, index) => () => mismatch(item, items[index] ?? '', names, `${path}/${index}`)));
}

function objectMismatch(
  { '...': open, ...expected }: Record<string, unknown>,
  found: Map<string, string>,
  names: Names,
  path: string,
): string | undefined {
  const more = [...found.keys()].filter((name) => !Object.hasOwn(expected, name));
  if (open !== true && more.length > 0) return `${path || 'the answer'} has ${more.join(', ')}, which is not expected`;
  return first(
    Object.entries(expected).map(([name, value]) => () => {
      const text = found.get(name);
      return text === undefined ? `${path}/${name} is missing` : mismatch(value, text, names, `${path}/${name}`);
    }),
  );
}

function first(checks: (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const found = check();
    if (found !== undefined) return found;
  }
  return undefined;
}

function short(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
