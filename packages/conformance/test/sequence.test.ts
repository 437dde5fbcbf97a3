import { openNative } from 'koru-delta/inside';
import { expect, test } from 'vitest';
import { carried } from '../src/carried.js';
import { play } from '../src/play.js';
import { sequence } from '../src/sequence.js';
import { committed } from '../src/vector.js';
import { freshSeeds } from './seeds.js';

test('a seed makes one script and no other', () => {
  expect(sequence(7, 50)).toEqual(sequence(7, 50));
  expect(sequence(8, 50)).not.toEqual(sequence(7, 50));
});

test.each(committed().flatMap(({ seed, ...script }) => (seed === undefined ? [] : [[seed, script] as const])))(
  'the script of seed %i is what the oracle says today; else: npm run generate',
  (seed, { steps }) => {
    expect(steps).toEqual(sequence(seed, steps.length).steps);
  },
);

test.each(freshSeeds(10).map((seed) => [seed]))(
  'the engine in this process answers what the oracle says, seed %i',
  (seed) => play({ ...sequence(seed, 400), file: 'KORU_SEED' }, async () => carried(await openNative('{}'))),
  60_000,
);
