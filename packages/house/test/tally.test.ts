import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { judge, tallyCargo, tallyGo, tallyPytest, tallyVitest } from '../../../scripts/tally.mjs';

test('cargo: the results of all test binaries are summed', () => {
  const output = [
    'running 3 tests',
    'test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s',
    'test result: FAILED. 5 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s',
    '\u001b[32mtest result: \u001b[0mnothing',
  ].join('\n');
  expect(tallyCargo(output)).toEqual({ passed: 8, failed: 2 });
  expect(tallyCargo('error: could not compile')).toEqual({ passed: 0, failed: 0 });
});

test('vitest: the report is read, and one that was never written counts nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'koru-delta-tally-'));
  const file = join(folder, 'report.json');
  expect(tallyVitest(file)).toEqual({ passed: 0, failed: 0 });
  writeFileSync(file, JSON.stringify({ numPassedTests: 7, numFailedTests: 1, numTotalTests: 9 }));
  expect(tallyVitest(file)).toEqual({ passed: 7, failed: 1 });
  rmSync(folder, { recursive: true });
});

test.each([
  ['.......\n7 passed in 0.12s\n', { passed: 7, failed: 0 }],
  [
    'FAILED tests/a.py - 3 passed before\n1 failed, 2 passed, 1 skipped, 1 error in 61.02s (0:01:01)\n',
    { passed: 2, failed: 2 },
  ],
  ['===== 12 passed, 1 warning in 3.40s =====', { passed: 12, failed: 0 }],
  ['no tests ran in 0.01s', { passed: 0, failed: 0 }],
])('pytest: %j', (output, expected) => {
  expect(tallyPytest(output)).toEqual(expected);
});

test('go: every test that is named counts, also those below others', () => {
  const output = [
    '=== RUN   TestPut',
    '    --- PASS: TestPut/http (0.01s)',
    '    --- FAIL: TestPut/stdio (0.01s)',
    '--- FAIL: TestPut (0.02s)',
    '--- PASS: ExampleGet (0.00s)',
    'ok  \tgithub.com/koru-delta/go-client\t0.1s',
  ].join('\n');
  expect(tallyGo(output)).toEqual({ passed: 2, failed: 2 });
});

test.each([
  ['all passed', { passed: 3, failed: 0 }, 0, { passed: 3, failed: 0 }],
  ['some failed', { passed: 3, failed: 2 }, 1, { passed: 3, failed: 2 }],
  ['a crash after tests that passed', { passed: 3, failed: 0 }, 101, { passed: 3, failed: 1 }],
  ['a build error', { passed: 0, failed: 0 }, 101, { passed: 0, failed: 1 }],
  ['an empty run', { passed: 0, failed: 0 }, 0, { passed: 0, failed: 1 }],
])('%s', (_, tally, code, expected) => {
  expect(judge(tally, code)).toEqual(expected);
});
