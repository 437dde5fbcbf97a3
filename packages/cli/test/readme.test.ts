import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { catalogue } from '../src/catalogue.js';
import { exitCodes } from '../src/exit-codes.js';
import { environment, folder, program, steady } from './kdelta.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** Every command that a console block shows, with what it shows it to print. */
function examples(): { command: string; shown: string }[] {
  const blocks = [...readme.matchAll(/```console\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  return blocks
    .flatMap((block) => block.split(/^\$ /m).slice(1))
    .map((text) => ({ command: text.slice(0, text.indexOf('\n')), shown: text.slice(text.indexOf('\n') + 1) }));
}

/** What a run prints, with the parts that differ from run to run under the names the README gives them. */
function comparable(printed: string, shown: string): string {
  let text = steady(printed).replace(/\([\d.]+ K?B\)/g, '(<size>)');
  if (shown.includes('<count>')) text = text.replace(/\b\d+\b(?= (versions|commits))/g, '<count>');
  const more = shown.indexOf('<more>');
  return more === -1 ? text : `${text.slice(0, more)}<more>\n`;
}

test('every command of the README does what it shows', () => {
  const cwd = folder();
  const bin = join(folder(), 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'kdelta'), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
  chmodSync(join(bin, 'kdelta'), 0o755);
  const env = environment({ PATH: `${bin}:${process.env.PATH}` });
  const found = examples();
  expect(found.length).toBeGreaterThanOrEqual(20);
  for (const { command, shown } of found) {
    const { stdout } = spawnSync('bash', ['-c', `exec 2>&1; ${command}`], { cwd, env, encoding: 'utf8' });
    expect(`$ ${command}\n${comparable(stdout, shown)}`).toBe(`$ ${command}\n${steady(shown)}`);
  }
});

test('the README shows every command and every exit code', () => {
  for (const { name } of catalogue) expect(readme, name).toMatch(new RegExp(`kdelta ${name}\\b`));
  for (const [code, text] of Object.entries(exitCodes)) expect(readme).toContain(`| ${code} | ${text} |`);
});
