import { expect, test } from 'vitest';
import { fixed, type Moment, momentText } from '../src/moment.js';

test.each<[Moment, string]>([
  ['-10m', '-10m'],
  ['seq:12', 'seq:12'],
  ['2026-02-06', '2026-02-06'],
  ['anything else is the engine’s to refuse', 'anything else is the engine’s to refuse'],
  [new Date('2026-02-06T14:30:00.123+02:00'), '2026-02-06T12:30:00.123Z'],
  [0, '1970-01-01T00:00:00.000Z'],
  [-1, '1969-12-31T23:59:59.999Z'],
])('%s', (moment, text) => {
  expect(momentText(moment)).toBe(text);
});

test.each<[unknown]>([
  [new Date(Number.NaN)],
  [Number.NaN],
  [1.5],
  [8.64e15 + 1],
  ['\ud800'],
  [null],
  [{}],
  [12n],
  [undefined],
])('%s is no moment', (moment) => {
  expect(() => momentText(moment as Moment)).toThrow(expect.objectContaining({ code: 'invalid_moment' }));
});

test.each([
  ['-10m', '1970-01-01T23:50:00.000Z'],
  ['-500ms', '1970-01-01T23:59:59.500Z'],
  ['-1h', '1970-01-01T23:00:00.000Z'],
  ['-1d', '1970-01-01T00:00:00.000Z'],
  ['-1w', '1969-12-26T00:00:00.000Z'],
  ['-1d2h3m4s5ms', '1969-12-31T21:56:55.995Z'],
  ['-1y', '-1y'],
  ['-1.5h', '-1.5h'],
  ['-', '-'],
  ['now', 'now'],
  ['seq:1', 'seq:1'],
])('%s, fixed a day after the beginning of 1970, is %s', (moment, text) => {
  expect(fixed(moment, 864e5)).toBe(text);
});
