import { spawn, spawnSync } from 'node:child_process';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { done, environment, folder, program } from './kdelta.js';

// A real terminal, made by `script` of util-linux.
const hasTerminal = spawnSync('bash', ['-c', 'script --version']).status === 0;
if (!hasTerminal) console.warn('SKIPPED: there is no `script` here to make a terminal with');
const inTerminal = test.skipIf(!hasTerminal);

let cwd: string;
beforeEach(() => {
  cwd = folder();
});

/** Runs `kdelta` in a terminal, answering each prompt in turn; returns its exit code and all that the terminal showed. */
function terminal(
  line: string,
  { env = {}, answers = [] as string[], columns = 100 } = {},
): Promise<{ code: number | null; screen: string }> {
  const child = spawn(
    'bash',
    [
      '-c',
      'exec script --quiet --return --command "$0" /dev/null',
      `stty cols ${columns}; "${process.execPath}" "${program}" ${line}`,
    ],
    {
      cwd,
      env: environment(env),
    },
  );
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let screen = '';
  const left = [...answers];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
    if (/: $/.test(screen) && left.length > 0) child.stdin.write(left.shift() ?? '');
  });
  return new Promise((resolve) =>
    child.on('close', (code) => resolve({ code, screen: screen.replaceAll('\r\n', '\n') })),
  );
}

inTerminal('a value is drawn over lines and in colours', async () => {
  done(['set', 'a/k', '{"name":"A","n":1.0}'], { cwd });
  const { screen } = await terminal('get a/k');
  expect(screen).toBe(
    '{\n  \u001b[36m"name"\u001b[39m: \u001b[32m"A"\u001b[39m,\n  \u001b[36m"n"\u001b[39m: \u001b[33m1.0\u001b[39m\n}\n',
  );
  expect((await terminal('get a/k --raw')).screen).toBe('{"name":"A","n":1.0}\n');
});

inTerminal('NO_COLOR takes the colours away and nothing else', async () => {
  done(['set', 'a/k', '{"name":"A"}'], { cwd });
  expect((await terminal('get a/k', { env: { NO_COLOR: '1' } })).screen).toBe('{\n  "name": "A"\n}\n');
  const { code, screen } = await terminal('gett', { env: { NO_COLOR: '1' } });
  expect([code, screen.split('\n')[0]]).toEqual([2, "Error: 'gett' is not a command."]);
});

inTerminal('an error is coloured', async () => {
  const { code, screen } = await terminal('gett');
  expect([code, screen.split('\n')[0]]).toEqual([
    2,
    "\u001b[1m\u001b[31mError:\u001b[39m\u001b[22m 'gett' is not a command.",
  ]);
});

inTerminal('a passphrase is asked for twice to seal, once to open, and never shown', async () => {
  const sealed = await terminal(`set a/k 1 --passphrase`, { answers: ['open sesamx\u007fe\r', 'open sesame\r'] });
  expect(sealed.code, sealed.screen).toBe(0);
  expect(sealed.screen).toContain('Once more: ');
  expect(sealed.screen).not.toContain('sesam');
  const opened = await terminal('get a/k --passphrase', { answers: ['open sesame\r'] });
  expect([opened.code, opened.screen]).toEqual([0, 'Passphrase: \n\u001b[33m1\u001b[39m\n']);
  expect((await terminal('get a/k --passphrase', { answers: ['wrong\r'] })).code).toBe(7);
});

inTerminal('two passphrases that differ seal nothing', async () => {
  const { code, screen } = await terminal('set a/k 1 --passphrase', { answers: ['one\r', 'two\r'] });
  expect([code, screen.includes('The two are not the same.')]).toEqual([2, true]);
});

inTerminal('Ctrl-C ends the question for a passphrase', async () => {
  expect((await terminal('set a/k 1 --passphrase', { answers: ['abc\u0003'] })).code).toBe(130);
});

inTerminal('lines are cut at the width of the terminal', async () => {
  done(['set', 'a/k', JSON.stringify('x'.repeat(500))], { cwd });
  const { screen } = await terminal('list a', { columns: 40, env: { NO_COLOR: '1' } });
  expect(screen).toBe(`a/k  "${'x'.repeat(33)}…\n`);
});

inTerminal('what the program says of itself fits 80 columns', async () => {
  for (const line of ['', 'help exit-codes', 'help log', 'help batch']) {
    const { screen } = await terminal(line, { columns: 80, env: { NO_COLOR: '1' } });
    expect(screen.split('\n').filter((text) => text.length > 80)).toEqual([]);
  }
});

inTerminal('a log fits 80 columns, and shows a change and its reason on each line', async () => {
  const text = 'a text that goes on and on and on, and then on';
  done(['set', 'users/alice', JSON.stringify({ name: 'Alice', text }), '--actor', 'ann', '--reason', text], { cwd });
  done(['set', 'users/alice', JSON.stringify({ name: 'Bob', text: `${text}!` }), '--reason', text], { cwd });
  done(['delete', 'users/alice'], { cwd });
  const { screen } = await terminal('log users/alice', { columns: 80, env: { NO_COLOR: '1' } });
  const rows = screen.split('\n').slice(0, -1);
  expect(rows.filter((row) => row.length > 80)).toEqual([]);
  expect(rows.map((row) => row.replace(/\d{4}-\S+ \S+ +/, '<time> '))).toEqual([
    expect.stringMatching(/^seq:3 {2}<time> deleted$/),
    expect.stringMatching(/^seq:2 {2}<time> changed {2}name "Alice" → .*… {2}\(a text .*…$/),
    expect.stringMatching(/^seq:1 {2}<time> ann {2}created {2}\{"name":"Al.*… {2}\(a text .*…$/),
  ]);
});
