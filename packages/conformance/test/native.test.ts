import { openNative } from 'koru-delta/inside';
import { describe, test } from 'vitest';
import { carried } from '../src/carried.js';
import { play } from '../src/play.js';
import { committed } from '../src/vector.js';

describe('in this process', () => {
  const scripts = committed().filter(({ wire }) => !wire);
  test.each(scripts.map((script) => [script.file, script.name, script] as const))('%s: %s', (_, __, script) =>
    play(script, async () => carried(await openNative('{}'))),
  );
});
