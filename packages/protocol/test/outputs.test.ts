import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { outputs } from '../src/outputs.js';
import { rendered, root } from '../src/rendered.js';

test.each(outputs.map((output) => [output.path, output] as const))(
  '%s is what the table says; else: npm run gen',
  (path, output) => {
    expect(readFileSync(join(root, path), 'utf8')).toBe(rendered(output));
  },
);
