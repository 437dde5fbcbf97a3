import { expect, test } from 'vitest';
import { play } from '../src/play.js';
import { byRoutes } from '../src/program.js';
import { committed } from '../src/vector.js';

/** What the routes have no way to say, by the names of the scripts. */
const others: Readonly<Record<string, string>> = {
  'many calls go together, each on its own': 'has no route',
  'what is no operation is refused': 'has no route',
  'a refusal says what was probably meant': 'has no route',
  'params are strict': 'in an address there are no types, and what is missing in a path is empty',
  'a limit is a whole number from 1 to 10,000': 'the text "1" is the number 1 in an address',
  'half a character is no name': 'percent-encoding has no half characters',
};

const all = committed();

test.concurrent.each(
  all.filter(({ name }) => !(name in others)).map((script) => [script.file, script.name, script] as const),
)('by the routes of HTTP, %s: %s', (_, __, script) => play(script, byRoutes), 120_000);

test('what is left out is there', () => {
  expect(Object.keys(others).filter((name) => !all.some((script) => script.name === name))).toEqual([]);
});
