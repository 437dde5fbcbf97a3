import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { outputs } from './outputs.js';
import { rendered, root } from './rendered.js';

/* Writes every file that is made from the table, and says which of them changed. */

for (const output of outputs) {
  const place = join(root, output.path);
  const text = rendered(output);
  if (existsSync(place) && readFileSync(place, 'utf8') === text) continue;
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, text);
  console.log(`wrote ${output.path}`);
}
