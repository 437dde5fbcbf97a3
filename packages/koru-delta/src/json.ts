import { failure, type KoruDeltaError } from './errors.js';
import { inexactNumbers, isDoubtful, pathAt, quoteInexactNumbers } from './exact-number.js';

/**
 * Traces that values leave in their text when `JSON.stringify` changes them: `null` may have been NaN, an infinity or a hole,
 * `{}` a Map, `{"0":` bytes, a lone `0` a negative zero; and lone surrogates come out as escapes. A text without any is what
 * it was made from, so the value itself need not be walked.
 */
const traces = /null|\{\}|\{"0":|\\ud[89a-f]|[:[,]0[,}\]]|^0$/;

/** The deepest nesting the engine keeps. */
const DEPTH_MAX = 128;

/**
 * The JSON text of a value, which reads back as the same value. What JSON cannot say is refused with the code
 * `invalid_json` and the path: NaN, infinities, `undefined` and functions (but as members of objects, where they are left
 * out), symbols, BigInt, Map, Set, bytes, circles and lone surrogates. `toJSON` is obeyed. `path` is where the value stands in
 * what the caller gave.
 */
export function stringify(value: unknown, path: readonly string[] = []): string {
  const text = attempt(value, () => new Walk(path).visit(value, ''));
  if (text === undefined) throw unfit(value, path);
  if (!traces.test(text)) return text;
  return new Walk(path).visit(value, '').negativeZero ? withNegativeZeros(value, text) : text;
}

/** The JSON text of a list whose elements are values of their own: paths and depths begin at each. */
export function stringifyList(values: readonly unknown[]): string {
  const walk = () => values.map((value) => new Walk([]).visit(value, '').negativeZero);
  const text = attempt(values, walk) ?? '[]';
  if (!traces.test(text)) return text;
  return walk().includes(true) ? withNegativeZeros(values, text) : text;
}

/**
 * The value of a JSON text of the engine. A number that JavaScript would round is an error with the code
 * `number_not_exact`, never another number.
 */
export function parse<T>(text: string): T {
  if (isDoubtful(text)) checkNumbers(text);
  return JSON.parse(text) as T;
}

/** The value of a JSON text, with every number that JavaScript would round as a string of its digits. */
export function parseForReport<T>(text: string): T {
  return JSON.parse(isDoubtful(text) ? quoteInexactNumbers(text) : text) as T;
}

function attempt(value: unknown, walk: () => unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError && /string length/i.test(error.message)) {
      throw failure('value_too_large', 'The value is larger than 16 MiB.', { cause: error });
    }
    // Finds what JSON cannot say. When it finds nothing, the error came out of a toJSON or a getter of the caller.
    walk();
    throw error;
  }
}

type Path = (string | number)[];

/** Goes through a value as `JSON.stringify` does and stops at what that changes without a word. */
class Walk {
  negativeZero = false;
  readonly #above: object[] = [];
  readonly #path: Path;

  constructor(path: readonly string[]) {
    this.#path = [...path];
  }

  visit(given: unknown, name: string): this {
    if (given instanceof Date && Number.isNaN(given.getTime())) throw this.#unfit(given, 'An invalid Date');
    const value = plain(given, name);
    switch (typeof value) {
      case 'string':
        if (!value.isWellFormed()) throw this.#unfit(value);
        return this;
      case 'number':
        if (!Number.isFinite(value)) throw this.#unfit(value);
        this.negativeZero ||= Object.is(value, -0);
        return this;
      case 'boolean':
        return this;
      case 'object':
        if (value !== null) this.#enter(value);
        return this;
      default:
        throw this.#unfit(value);
    }
  }

  #enter(value: object): void {
    if (this.#above.includes(value)) throw this.#unfit(value, 'A circle');
    if (this.#above.length >= DEPTH_MAX) throw this.#unfit(value, `Nesting deeper than ${DEPTH_MAX} levels`);
    this.#above.push(value);
    if (Array.isArray(value)) this.#visitItems(value);
    else this.#visitMembers(value);
    this.#above.pop();
  }

  #visitItems(items: readonly unknown[]): void {
    for (let index = 0; index < items.length; index += 1) this.#step(items[index], index);
  }

  #visitMembers(value: object): void {
    if (foreign.has(Object.prototype.toString.call(value)) || ArrayBuffer.isView(value)) throw this.#unfit(value);
    for (const name of Object.keys(value)) {
      if (!name.isWellFormed()) throw this.#unfit(name, 'A member name with a lone surrogate');
      const member = (value as Record<string, unknown>)[name];
      if (!leftOut(member)) this.#step(member, name);
    }
  }

  #step(value: unknown, step: string | number): void {
    this.#path.push(step);
    this.visit(value, String(step));
    this.#path.pop();
  }

  #unfit(value: unknown, what?: string): KoruDeltaError {
    return unfit(value, this.#path, what);
  }
}

/** Built-in objects that `JSON.stringify` turns into `{}`, though they hold something. */
const foreign = new Set(
  ['Map', 'Set', 'WeakMap', 'WeakSet', 'ArrayBuffer', 'SharedArrayBuffer', 'RegExp', 'Error', 'Promise', 'BigInt'].map(
    (name) => `[object ${name}]`,
  ),
);

function leftOut(member: unknown): boolean {
  return member === undefined || typeof member === 'function' || typeof member === 'symbol';
}

/** The value that stands for another in its text: what `toJSON` gives, and what a boxed primitive holds. */
function plain(value: unknown, name: string): unknown {
  const own = replaced(value, name);
  return own instanceof Number || own instanceof String || own instanceof Boolean ? own.valueOf() : own;
}

function replaced(value: unknown, name: string): unknown {
  const offer = (value as { toJSON?: unknown } | null | undefined)?.toJSON;
  return typeof offer === 'function' ? offer.call(value, name) : value;
}

function withNegativeZeros(value: unknown, text: string): string {
  let mark = '-0';
  while (text.includes(mark)) mark += '-';
  return JSON.stringify(value, (_, member) => (Object.is(member, -0) ? mark : member)).replaceAll(`"${mark}"`, '-0');
}

function unfit(value: unknown, path: Readonly<Path>, what = describe(value)): KoruDeltaError {
  const place = pointer(path);
  const where = place === '' ? '' : ` at ${place}`;
  const hints = typeof value === 'bigint' ? [{ text: 'Put a number, or the digits as a string' }] : [];
  return failure('invalid_json', `${what}${where} cannot be kept as JSON.`, { hints, facts: { path: place } });
}

function describe(value: unknown): string {
  if (typeof value === 'string') return 'A string with a lone surrogate';
  if (typeof value === 'bigint') return 'A BigInt';
  if (typeof value === 'function') return 'A function';
  if (typeof value === 'symbol') return 'A symbol';
  if (typeof value === 'object' && value !== null) return `A ${value.constructor?.name ?? 'foreign object'}`;
  return String(value);
}

function checkNumbers(text: string): void {
  const [first] = inexactNumbers(text);
  if (!first) return;
  const { lexeme, offset } = first;
  const path = pointer(pathAt(text, offset));
  const where = path === '' ? '' : ` at ${path}`;
  throw failure('number_not_exact', `JavaScript cannot carry the number ${lexeme}${where} exactly.`, {
    hints: [{ text: 'Read the exact JSON text with getText, and parse it with a library that keeps big numbers' }],
    facts: { path, number: lexeme },
  });
}

/** A JSON Pointer (RFC 6901). */
function pointer(path: Readonly<Path>): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
