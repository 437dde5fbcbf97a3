import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { catalogue } from '../src/catalogue.js';
import { exitCodes } from '../src/exit-codes.js';
import { done, folder, kdelta, program } from './kdelta.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

test('the version', () => {
  for (const args of [['--version'], ['-V'], ['--json', '--version']]) {
    expect(kdelta(args, { cwd: folder() })).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  }
});

test('without a command, and with help, there is the overview of all commands on one screen', () => {
  const cwd = folder();
  const overview = done([], { cwd });
  for (const args of [['help'], ['--help'], ['-h']]) expect(done(args, { cwd })).toBe(overview);
  for (const { name, summary } of catalogue) expect(overview).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'));
  expect(overview.split('\n').length).toBeLessThan(45);
});

test.each(catalogue.map(({ name }) => name))('help on %s, with examples', (name) => {
  const cwd = folder();
  const help = done(['help', name], { cwd });
  expect(done([name, '--help'], { cwd })).toBe(help);
  expect(help).toMatch(new RegExp(`^Usage: kdelta ${name}`));
  expect(help).toMatch(/^Options of every command:\n {2}--db <path>/m);
  expect(help).toMatch(/^Examples:\n {2}# .+\n {2}.*kdelta /m);
  expect(help.split('\n').every((line) => line.length <= 100)).toBe(true);
});

test('every exit code is explained', () => {
  const help = done(['help', 'exit-codes'], { cwd: folder() });
  for (const [code, text] of Object.entries(exitCodes)) expect(help).toMatch(new RegExp(`^ +${code}  ${text}$`, 'm'));
});

test('the version is answered about as fast as Node starts', () => {
  const median = (args: string[]) => {
    const times = Array.from({ length: 15 }, () => {
      const begun = performance.now();
      spawnSync(process.execPath, args, { stdio: 'ignore' });
      return performance.now() - begun;
    });
    return times.sort((a, b) => a - b)[7] ?? Number.NaN;
  };
  const node = median(['-e', '0']);
  const ours = median([program, '--version']);
  console.log(
    `kdelta --version: ${ours.toFixed(0)} ms, node -e 0: ${node.toFixed(0)} ms, ratio ${(ours / node).toFixed(2)}, goal 1.5`,
  );
});

test('the version is answered by the entry alone', () => {
  const cwd = folder();
  const alone = join(cwd, 'kdelta.mjs');
  copyFileSync(program, alone);
  const { stdout, stderr } = spawnSync(process.execPath, [alone, '--version'], { cwd, encoding: 'utf8' });
  expect([stdout, stderr]).toEqual([`${version}\n`, '']);
});
