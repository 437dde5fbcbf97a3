import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KoruDeltaError } from '../src/errors.js';
import { parse, parseForReport, stringify } from '../src/json.js';

/** What a call throws. */
function thrown(call: () => unknown): KoruDeltaError {
  try {
    call();
  } catch (error) {
    if (error instanceof KoruDeltaError) return error;
    throw error;
  }
  throw new Error('It did not throw.');
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}

const circle: Record<string, unknown> = { name: 'a' };
circle.list = [1, { circle }];

describe('values that JSON cannot say', () => {
  test.each<[string, unknown, string, RegExp]>([
    ['undefined', undefined, '', /^undefined cannot/],
    ['a function', () => 1, '', /^A function/],
    ['a symbol', Symbol('a'), '', /^A symbol/],
    ['NaN', Number.NaN, '', /^NaN/],
    ['an infinity', { a: [0, Number.NEGATIVE_INFINITY] }, '/a/1', /^-Infinity at \/a\/1 cannot/],
    ['NaN in a box', { a: Object(Number.NaN) }, '/a', /^NaN/],
    ['undefined in an array', [1, undefined], '/1', /^undefined at \/1/],
    ['a hole', new Array(2), '/0', /^undefined at/],
    ['a function in an array', { a: [() => 1] }, '/a/0', /^A function/],
    ['a symbol in an array', [Symbol('a')], '/0', /^A symbol/],
    ['a BigInt', { deep: { n: 1n } }, '/deep/n', /^A BigInt/],
    ['a BigInt in a box', [Object(1n)], '/0', /^A BigInt/],
    ['a circle', circle, '/list/1/circle', /^A circle/],
    ['a Map', { m: new Map([[1, 2]]) }, '/m', /^A Map/],
    ['a Set', [new Set([1])], '/0', /^A Set/],
    ['a RegExp', { r: /a/ }, '/r', /^A RegExp/],
    ['an Error', { e: new TypeError('x') }, '/e', /^A TypeError/],
    ['bytes', { b: new Uint8Array([1, 2]) }, '/b', /^A Uint8Array/],
    ['no bytes', new Uint8Array(0), '', /^A Uint8Array/],
    ['a buffer', [new ArrayBuffer(4)], '/0', /^A ArrayBuffer/],
    ['a promise', { p: Promise.resolve(1) }, '/p', /^A Promise/],
    ['an invalid Date', { d: new Date(Number.NaN) }, '/d', /^An invalid Date/],
    ['a lone high surrogate', { s: 'a\ud800b' }, '/s', /^A string with a lone surrogate/],
    ['a lone low surrogate', ['\udfff'], '/0', /^A string with a lone surrogate/],
    ['a lone surrogate in a name', { a: { 'x\udc00': 1 } }, '/a', /^A member name/],
    ['a path with odd names', { 'a/b': { '~': Number.NaN } }, '/a~1b/~0', /^NaN/],
    ['nesting without end', nested(100_000), '/0'.repeat(128), /^Nesting deeper than 128 levels/],
  ])('%s is refused with its path', (_, value, path, detail) => {
    const error = thrown(() => stringify(value));
    expect(error.code).toBe('invalid_json');
    expect(error.facts.path).toBe(path);
    expect(error.detail).toMatch(detail);
  });

  test('an error out of the value itself goes through', () => {
    const own = new Error('mine');
    const value = {
      toJSON() {
        throw own;
      },
    };
    expect(() => stringify(value)).toThrow(own);
  });
});

describe('values that only look odd', () => {
  test.each<[string, unknown, string]>([
    ['null', null, 'null'],
    ['null within', { a: [null] }, '{"a":[null]}'],
    ['empty containers', [{}, []], '[{},[]]'],
    ['the word null', 'null {} {"0": \\ud800', '"null {} {\\"0\\": \\\\ud800"'],
    ['a member called 0', { 0: 'a' }, '{"0":"a"}'],
    ['members that are left out', { a: undefined, b: () => 1, c: Symbol('x'), d: null }, '{"d":null}'],
    ['a Date', { d: new Date(0), n: null }, '{"d":"1970-01-01T00:00:00.000Z","n":null}'],
    ['boxes', [Object(1), Object('a'), Object(false), null], '[1,"a",false,null]'],
    ['the same object twice', [circle.name, { a: null }, { a: null }], '["a",{"a":null},{"a":null}]'],
    ['a pair of surrogates', '\u{1f600}', '"\u{1f600}"'],
    ['zero', 0, '0'],
    ['negative zero', -0, '-0'],
    ['negative zero within', { a: [0, -0], b: '-0', c: '-0-' }, '{"a":[0,-0],"b":"-0","c":"-0-"}'],
    ['128 levels', nested(128), `${'['.repeat(128)}1${']'.repeat(128)}`],
    ['odd names', JSON.parse('{"__proto__":null,"constructor":{}}'), '{"__proto__":null,"constructor":{}}'],
  ])('%s', (_, value, text) => {
    expect(stringify(value)).toBe(text);
  });
});

test('every JSON value comes back as it was', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const text = stringify(value);
      expect(parse(text)).toEqual(value);
    }),
    { numRuns: 2_000 },
  );
});

describe('numbers that JavaScript would round', () => {
  test.each([
    '9007199254740993',
    '-9007199254740993',
    '1e400',
    '-1E+400',
    '1e-400',
    '0.1234567890123456789',
    '123456789012.123456789012',
    '18446744073709551615',
    '0.10000000000000001',
    '12345678901234567890e-3',
  ])('%s', (lexeme) => {
    for (const [text, path] of [
      [lexeme, ''],
      [`{"a":{"b":["x",{}, ${lexeme}]}}`, '/a/b/2'],
      [`[1,{"a":"\\"}","b":[[],${lexeme}]}]`, '/1/b/1'],
    ] as const) {
      const error = thrown(() => parse(text));
      expect(error.code).toBe('number_not_exact');
      expect(error.facts).toEqual({ path, number: lexeme });
    }
    expect(parseForReport(`{"a":[${lexeme},1]}`)).toEqual({ a: [lexeme, 1] });
  });

  test.each<[string, number]>([
    ['9007199254740992', 2 ** 53],
    ['9007199254740994', 2 ** 53 + 2],
    ['0.1', 0.1],
    ['0.30000000000000004', 0.1 + 0.2],
    ['1.0', 1],
    ['100000000000000000000', 1e20],
    ['1e21', 1e21],
    ['1.50e+3', 1500],
    ['5e-324', Number.MIN_VALUE],
    ['1.7976931348623157e308', Number.MAX_VALUE],
    ['-0', -0],
    ['-0.0e5', -0],
    ['0e999999999999999999999', 0],
    ['0.000000000000000000001', 1e-21],
    ['123456789012345000000', 123456789012345e6],
  ])('but not %s', (lexeme, value) => {
    expect(Object.is(parse(lexeme), value)).toBe(true);
    expect(parseForReport(`[${lexeme}]`)).toEqual([value]);
  });

  test('digits in strings are no numbers', () => {
    const value = { a: '9007199254740993', b: ':9007199254740993', '[1e400': '\\"1e400', c: ['\\', '1e400'] };
    expect(parse(JSON.stringify(value))).toEqual(value);
  });

  test('every number that JavaScript prints comes back', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(Object.is(parse(stringify(number)), number)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });
});

test('odd names become own members and touch no prototype', () => {
  const value = parse<Record<string, unknown>>('{"__proto__":{"polluted":true},"constructor":1,"toString":2}');
  expect(Object.keys(value)).toEqual(['__proto__', 'constructor', 'toString']);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  expect(stringify(value)).toBe('{"__proto__":{"polluted":true},"constructor":1,"toString":2}');
});

test('long strings full of quotes and backslashes are gone through once', () => {
  const value = { a: '\\"'.repeat(500_000), n: [0.1, 12345678901234568] };
  expect(parse(stringify(value))).toEqual(value);
});
