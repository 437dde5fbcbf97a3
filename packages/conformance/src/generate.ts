import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { sequence } from './sequence.js';

/* Writes a script that a seed fixes to a file: node dist/generate.js SEED STEPS FILE. A step stands on a line. */

const [seed = '', steps = '', file = ''] = process.argv.slice(2);
if (!/^\d+$/.test(seed) || !/^[1-9]\d*$/.test(steps) || file === '') {
  console.error('Usage: npm run generate -- SEED STEPS FILE');
  process.exit(2);
}
const { name, ...script } = sequence(Number(seed), Number(steps));
const lines = script.steps.map((step) => JSON.stringify(step)).join(',\n');
const about = `Made by: npm run generate -- ${seed} ${steps} FILE`;
mkdirSync(dirname(resolve(file)), { recursive: true });
writeFileSync(
  file,
  `{"about":${JSON.stringify(about)},"scripts":[{"name":${JSON.stringify(name)},"seed":${seed},"steps":[\n${lines}\n]}]}\n`,
);
