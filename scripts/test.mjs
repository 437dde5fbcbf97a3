// Every check of the project in one run: `npm test`, `npm test -- --fast`, `npm test -- --only clippy,vitest`.

import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkGo } from './go.mjs';
import { preparePython, python } from './python.mjs';
import { setup } from './setup.mjs';
import { runStage, summary } from './stage.mjs';
import { tallyCargo, tallyGo, tallyPytest, tallyVitest } from './tally.mjs';
import { foldersWith, manifest, publicFolders } from './workspace.mjs';

const vitestReport = join(tmpdir(), `koru-delta-vitest-${process.pid}.json`);

/**
 * The stages in order. `fast` keeps the part that ends in two minutes on a built workspace: it leaves out the slow stages
 * (the clients in other languages among them), cargo's integration tests and the test files named `*.slow.test.ts`.
 *
 * @param {boolean} fast
 * @returns {import('./stage.mjs').Stage[]}
 */
function stages(fast) {
  const every = [
    { name: 'rustfmt', commands: [['cargo', 'fmt', '--all', '--check']] },
    {
      name: 'clippy',
      commands: [['cargo', 'clippy', '--workspace', '--all-targets', '--locked', '--', '-D', 'warnings']],
    },
    {
      name: 'cargo-test',
      commands: [['cargo', 'test', '--workspace', '--locked', '--no-fail-fast', ...(fast ? ['--lib', '--bins'] : [])]],
      count: tallyCargo,
    },
    { name: 'biome', commands: [tool('biome', 'check', '--error-on-warnings', '.')] },
    { name: 'types', commands: ['.', ...foldersWith('tsconfig.json')].map(typecheck) },
    {
      name: 'vitest',
      commands: [
        tool('vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${vitestReport}`).concat(
          fast ? ['--exclude=**/*.slow.test.ts'] : [],
        ),
      ],
      count: () => tallyVitest(vitestReport),
    },
    {
      name: 'python',
      work: preparePython,
      commands: [[python, '-m', 'pytest', 'bindings/python']],
      count: tallyPytest,
      slow: true,
    },
    {
      name: 'mypy',
      work: preparePython,
      commands: [[python, '-m', 'mypy', '--config-file', 'bindings/python/pyproject.toml']],
      slow: true,
    },
    {
      name: 'requests',
      work: preparePython,
      commands: [
        [python, '-m', 'pytest', '-q', '-p', 'no:cacheprovider', 'packages/server/test/generated_requests_test.py'],
      ],
      count: tallyPytest,
      slow: true,
    },
    {
      name: 'go',
      work: checkGo,
      commands: [['go', '-C', 'bindings/go', 'test', '-v', './...']],
      count: tallyGo,
      slow: true,
    },
    { name: 'go-vet', work: checkGo, commands: [['go', '-C', 'bindings/go', 'vet', './...']], slow: true },
    { name: 'pack', commands: publicFolders().flatMap(packChecks), slow: true },
    { name: 'knip', commands: [tool('knip')] },
  ];
  return every.filter((stage) => !(fast && stage.slow));
}

/**
 * A program that a dependency of the root brings.
 *
 * @param {string} name
 * @param {...string} args
 */
function tool(name, ...args) {
  return [join('node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name), ...args];
}

/** @param {string} folder */
function typecheck(folder) {
  return tool('tsc', '--noEmit', '--project', folder);
}

/**
 * A published package must resolve for every consumer, with types where it has exports.
 *
 * @param {string} folder
 */
function packChecks(folder) {
  const checks = [tool('publint', folder, '--strict', '--pack', 'npm')];
  if (manifest(folder).exports) checks.push(tool('attw', '--pack', folder, '--profile', 'esm-only'));
  return checks;
}

/**
 * @param {string[]} only
 * @param {boolean} fast
 */
async function main(only, fast) {
  const chosen = stages(fast).filter(({ name }) => only.length === 0 || only.includes(name));
  const unknown = only.filter((name) => !stages(false).some((stage) => stage.name === name));
  if (unknown.length > 0) {
    const known = stages(false).map(({ name }) => name);
    console.error(`No stage is called ${unknown.join(', ')}. The stages are: ${known.join(', ')}`);
    return false;
  }
  const results = [await runStage({ name: 'setup', work: setup })];
  for (const stage of chosen) results.push(await runStage(stage));
  rmSync(vitestReport, { force: true });

  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  console.log(`\n${summary(results)}\n\n${passed} passed, ${failed} failed`);
  return failed === 0;
}

const { values } = parseArgs({
  options: { fast: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
});
const only = values.only.split(',').filter(Boolean);
process.exitCode = (await main(only, values.fast)) ? 0 : 1;
