// How many tests passed and failed, read from what the test runners report.

import { existsSync, readFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number }} Tally */

/**
 * Sums the `test result:` lines that cargo prints, one per test binary and one per set of documentation tests.
 *
 * @param {string} output
 * @returns {Tally}
 */
export function tallyCargo(output) {
  const tally = { passed: 0, failed: 0 };
  for (const [, passed, failed] of output.matchAll(/test result: \S+ (\d+) passed; (\d+) failed;/g)) {
    tally.passed += Number(passed);
    tally.failed += Number(failed);
  }
  return tally;
}

/**
 * Reads the report of vitest's json reporter. A run that died before it wrote one counts nothing.
 *
 * @param {string} file
 * @returns {Tally}
 */
export function tallyVitest(file) {
  if (!existsSync(file)) return { passed: 0, failed: 0 };
  const report = JSON.parse(readFileSync(file, 'utf8'));
  return { passed: report.numPassedTests, failed: report.numFailedTests };
}

/**
 * Reads the line with which pytest ends: `3 passed, 1 failed, 1 error in 0.5s`.
 *
 * @param {string} output
 * @returns {Tally}
 */
export function tallyPytest(output) {
  const last = [...output.matchAll(/^.*\b\d+ (?:passed|failed|errors?)\b.* in [\d.:]+s?.*$/gm)].at(-1)?.[0] ?? '';
  /** @param {string} word */
  const count = (word) => Number(new RegExp(`(\\d+) ${word}\\b`).exec(last)?.[1] ?? 0);
  return { passed: count('passed'), failed: count('failed') + count('errors?') };
}

/**
 * Counts the tests that `go test -v` names, those below others too.
 *
 * @param {string} output
 * @returns {Tally}
 */
export function tallyGo(output) {
  /** @param {string} word */
  const count = (word) => [...output.matchAll(new RegExp(`^ *--- ${word}: `, 'gm'))].length;
  return { passed: count('PASS'), failed: count('FAIL') };
}

/**
 * Corrects a runner's own count by its exit code: a crash, a build error or an empty run is a failure, whatever was counted.
 *
 * @param {Tally} tally
 * @param {number} code
 * @returns {Tally}
 */
export function judge(tally, code) {
  const { passed, failed } = tally;
  if (failed === 0 && (code !== 0 || passed === 0)) return { passed, failed: 1 };
  return tally;
}
