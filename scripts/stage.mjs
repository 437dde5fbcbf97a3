// A stage of the test run: one or more commands with a name, a count and a duration.

import { run } from './child.mjs';
import { MachineError } from './machine.mjs';
import { judge } from './tally.mjs';

/**
 * @typedef {object} Stage
 * @property {string} name What `--only` selects.
 * @property {() => Promise<boolean>} [work] A function that runs before the commands and counts as one check. They do not run
 *   when it fails.
 * @property {string[][]} [commands] Each counts as one check, unless `count` reads the number of tests.
 * @property {(output: string) => import('./tally.mjs').Tally} [count] Reads the tests counted by the one command.
 * @property {Record<string, string>} [env]
 * @property {boolean} [slow] Left out by `--fast`.
 */

/** @typedef {{ name: string, passed: number, failed: number, milliseconds: number }} Result */

/**
 * Runs a stage to its end; a command that fails does not stop the next.
 *
 * @param {Stage} stage
 * @returns {Promise<Result>}
 */
export async function runStage(stage) {
  const started = performance.now();
  const result = { name: stage.name, passed: 0, failed: 0, milliseconds: 0 };
  /** @param {import('./tally.mjs').Tally} tally */
  const add = ({ passed, failed }) => {
    result.passed += passed;
    result.failed += failed;
  };
  console.log(`\n== ${stage.name}`);
  if (stage.work) {
    const ready = await prepared(stage.work);
    add(check(ready));
    if (!ready) return ended(result, started);
  }
  for (const command of stage.commands ?? []) {
    console.log(`$ ${command.join(' ')}`);
    const { code, output } = await run(command, { keep: Boolean(stage.count), env: stage.env ?? {} });
    add(stage.count ? judge(stage.count(output), code) : check(code === 0));
  }
  return ended(result, started);
}

/**
 * What a machine lacks fails its stage with the one line that says what to install.
 *
 * @param {() => Promise<boolean>} work
 */
async function prepared(work) {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof MachineError)) throw error;
    console.error(`  ${error.message}`);
    return false;
  }
}

/**
 * @param {Result} result
 * @param {number} started
 */
function ended(result, started) {
  result.milliseconds = performance.now() - started;
  console.log(`== ${result.name}: ${result.failed === 0 ? 'ok' : 'FAILED'} in ${seconds(result.milliseconds)}`);
  return result;
}

/**
 * The table at the end of a run.
 *
 * @param {Result[]} results
 */
export function summary(results) {
  const rows = results.map(({ name, passed, failed, milliseconds }) =>
    [
      name.padEnd(12),
      (failed === 0 ? 'ok' : 'FAILED').padEnd(6),
      `${passed} passed`.padStart(13),
      `${failed} failed`.padStart(10),
      seconds(milliseconds).padStart(9),
    ].join('  '),
  );
  return rows.join('\n');
}

/** @param {number} milliseconds */
export function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/**
 * @param {boolean} ok
 * @returns {import('./tally.mjs').Tally}
 */
function check(ok) {
  return ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}
