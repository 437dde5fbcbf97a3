import { describe, test } from 'vitest';
import { play } from '../src/play.js';
import { overHttp, overStdio } from '../src/program.js';
import { sequence } from '../src/sequence.js';
import { committed } from '../src/vector.js';
import { freshSeeds } from './seeds.js';

const scripts = [
  ...committed(),
  ...freshSeeds(2).map((seed) => ({ ...sequence(seed, 300), name: `seed ${seed}`, file: 'KORU_SEED' })),
];

describe.each([
  ['over HTTP', overHttp],
  ['over the standard streams', overStdio],
])('%s', (_, fresh) => {
  test.concurrent.each(scripts.map((script) => [script.file, script.name, script] as const))(
    '%s: %s',
    (_, __, script) => play(script, fresh),
    120_000,
  );
});
