// The batteries of the engine for as long as they are given: `npm run torture -- --seconds 3600 [--only battery,damage] [--seed 7]`.
// A seed is printed with every failure; a seed that failed belongs into the tests for ever.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3600' },
    only: { type: 'string' },
    seed: { type: 'string', default: String(Date.now()) },
  },
});
const folder = fileURLToPath(new URL('../packages/engine/', import.meta.url));
const batteries = readdirSync(`${folder}tests`, { withFileTypes: true })
  .filter((entry) => entry.name.endsWith('.rs') || existsSync(`${folder}tests/${entry.name}/main.rs`))
  .map((entry) => entry.name.replace(/\.rs$/, ''))
  .filter((name) => name !== 'golden' && (!values.only || values.only.split(',').includes(name)));
const seconds = Math.max(1, Math.floor(Number(values.seconds) / batteries.length));

let failed = 0;
for (const battery of batteries) {
  console.log(`\n${battery}: ${seconds} s`);
  const run = spawnSync('cargo', ['test', '--release', '--test', battery, '--', '--nocapture'], {
    cwd: folder,
    stdio: 'inherit',
    env: { ...process.env, KORU_TORTURE: String(seconds), KORU_SEED: values.seed },
  });
  if (run.status !== 0) failed += 1;
}
console.log(
  failed === 0 ? `\n${batteries.length} batteries held` : `\n${failed} of ${batteries.length} batteries failed`,
);
process.exitCode = failed === 0 ? 0 : 1;
