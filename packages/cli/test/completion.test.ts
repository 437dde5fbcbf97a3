import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { done, environment, kdelta, lines, program, sharedFolder } from './kdelta.js';

const cwd = sharedFolder();
const bin = join(cwd, 'bin');
const env = environment({ PATH: `${bin}:${process.env.PATH}` });

beforeAll(() => {
  // The scripts call kdelta by its name.
  mkdirSync(bin);
  writeFileSync(join(bin, 'kdelta'), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
  chmodSync(join(bin, 'kdelta'), 0o755);
  const keys = ['alice', 'alan', 'bob', 'with space', 'a:b:c', 'a:b:d', "it's"];
  const input = keys.map((key) => `${JSON.stringify({ key, value: 1 })}\n`).join('');
  done(['batch', '--file', '-', '--namespace', 'users'], { cwd, input });
  done(['set', 'orders/1', '1'], { cwd });
});

/** The words that `kdelta __complete` offers. */
const offered = (...words: string[]) =>
  lines(done(['__complete', ...words], { cwd })).map((line) => line.split('\t')[0] ?? '');

const offers: [words: string[], expected: string[]][] = [
  [['l'], ['list', 'log']],
  [['w'], ['watch']],
  [['watch', 'o'], ['orders']],
  [['watch', '--s'], ['--since']],
  [['--ver'], ['--version']],
  [['--db', ''], [':files']],
  [['--db', '.kdelta', 'stat'], ['status']],
  [
    ['get', ''],
    ['orders/', 'users/'],
  ],
  [['get', 'u'], ['users/']],
  [
    ['get', 'users/al'],
    ['users/alan', 'users/alice'],
  ],
  [['--db', '.kdelta', 'get', 'users/b'], ['users/bob']],
  [['get', 'users/bob', ''], []],
  [['get', 'users/bob', '--v'], ['--verbose']],
  [['get', '--js'], ['--json']],
  [
    ['list', ''],
    ['orders', 'users'],
  ],
  [
    ['list', 'users', '--from', 'al'],
    ['alan', 'alice'],
  ],
  [
    ['get', 'users/bob', '--at', '-1'],
    ['-10m', '-1h', '-1d'],
  ],
  [['batch', '--file', ''], [':files']],
  [['batch', '--namespace', 'o'], ['orders']],
  [['export', '--format', ''], ['jsonl']],
  [['import', ''], [':files']],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [
    ['help', 'ex'],
    ['export', 'exit-codes'],
  ],
  [['set', 'users/bob', '@'], [':files']],
  [['nonsense', ''], []],
  [['--db', 'nowhere', 'get', ''], []],
  [['get', '--at'], ['--at']],
];

test.each(offers)('%j', (words, expected) => {
  expect(offered(...words)).toEqual(expected);
});

test('the newest version is offered where a version is wanted', () => {
  const { version } = JSON.parse(done(['get', 'users/bob', '--json'], { cwd })) as { version: string };
  expect(offered('set', 'users/bob', '1', '--if-version', '')).toEqual(['none', version]);
  expect(offered('diff', 'users/bob', '--from', version.slice(0, 5))).toEqual([version]);
});

test('a sealed database offers nothing and asks nothing', () => {
  const run = kdelta(['__complete', 'get', '--passphrase', ''], { cwd });
  expect(run).toEqual({ code: 0, stdout: '', stderr: '' });
});

/** What bash would offer for the line, after it cut the words itself. */
function bash(line: string): string[] {
  const script = `
source <(kdelta completion bash)
COMP_LINE=$1 COMP_POINT=\${#1}
compopt() { :; }
# Bash cuts at blanks, and at each character of COMP_WORDBREAKS of which : and = matter here.
mapfile -t COMP_WORDS < <(grep -oP "(\\\\\\\\.|'[^']*'?|[^\\s:='\\\\\\\\])+|[:=]" <<< "$1")
[[ $1 == *' ' || $1 == *: ]] && COMP_WORDS+=("")
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
_kdelta
printf '%s\\n' "\${COMPREPLY[@]}"
complete -p kdelta >&2`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script, 'bash', line], { cwd, env, encoding: 'utf8' });
  expect(stderr).toBe('complete -F _kdelta kdelta\n');
  return lines(stdout).filter((word) => word !== '');
}

test.each([
  ['kdelta ve', ['verify']],
  ['kdelta get users/al', ['users/alan', 'users/alice']],
  ['kdelta get users/w', ['users/with\\ space']],
  ['kdelta get users/i', ["users/it\\'s"]],
  ['kdelta get users/with\\ s', ['users/with\\ space']],
  ["kdelta get 'users/with s", ['users/with space']],
  ['kdelta get users/a:b', ['b:c', 'b:d']],
  ['kdelta get users/a:', ['b:c', 'b:d']],
  ['kdelta list --js', ['--json']],
  ['kdelta batch --file ', []],
  ['kdelta get nowhere/', []],
])('bash completes %s', (line, expected) => {
  expect(bash(line)).toEqual(expected);
});

const hasZsh = spawnSync('zsh', ['--version']).status === 0;
const hasFish = spawnSync('bash', ['-c', 'fish --version']).status === 0;
for (const [shell, there] of [
  ['zsh', hasZsh],
  ['fish', hasFish],
]) {
  if (!there) console.warn(`SKIPPED: there is no ${shell} here to try its completion in`);
}

test.skipIf(!hasZsh)('zsh completes', () => {
  const script = `
autoload -Uz compinit && compinit -u -d "$PWD/zcompdump"
source <(kdelta completion zsh)
compadd() { local -a keep; while (( $# )); do case $1 in -a) keep+=("\${(@P)2}"); shift;; -d|-S) shift;; esac; shift; done; print -rl -- $keep }
words=(kdelta get users/al) CURRENT=3
_kdelta`;
  const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', script], { cwd, env, encoding: 'utf8' });
  expect([lines(stdout).filter((word) => word !== ''), stderr]).toEqual([['users/alan', 'users/alice'], '']);
});

test.skipIf(!hasFish)('fish completes', () => {
  const script = `kdelta completion fish | source; complete --do-complete 'kdelta get users/al'; complete --do-complete 'kdelta ver'`;
  const { stdout, stderr } = spawnSync('bash', ['-c', 'exec fish --no-config -c "$0"', script], {
    cwd,
    env: { ...env, HOME: cwd },
    encoding: 'utf8',
  });
  expect([lines(stdout), stderr]).toEqual([['users/alan', 'users/alice', 'verify\tcheck every file for damage'], '']);
});
