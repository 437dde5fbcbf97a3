import { expect, test } from 'vitest';
import { folder, kdelta, lines } from './kdelta.js';

const misuses: [what: string, args: string[], stderr: string][] = [
  [
    'a mistyped command',
    ['gett', 'users/alice'],
    `Error: 'gett' is not a command.

Did you mean:
  - kdelta get (different spelling)

To see all commands:
  kdelta help
`,
  ],
  [
    'the word another program uses',
    ['rm', 'users/alice'],
    `Error: 'rm' is not a command.

Did you mean:
  - kdelta delete (the word used here)

To see all commands:
  kdelta help
`,
  ],
  [
    'a command that is like none',
    ['xylophone'],
    `Error: 'xylophone' is not a command.

To see all commands:
  kdelta help
`,
  ],
  [
    'a mistyped option',
    ['list', 'users', '--prefx', 'a'],
    `Error: 'kdelta list' has no option '--prefx'.

Did you mean:
  - --prefix (different spelling)

To see how it is used:
  kdelta help list
`,
  ],
  [
    'a mistyped option before the command',
    ['--jsn', 'list'],
    `Error: 'kdelta list' has no option '--jsn'.

Did you mean:
  - --json (different spelling)

To see how it is used:
  kdelta help list
`,
  ],
  [
    'a mistyped option without a command',
    ['--versoin'],
    `Error: '--versoin' is not an option.

Did you mean:
  - --version (different spelling)

To see all commands:
  kdelta help
`,
  ],
  [
    'an option without its value',
    ['get', 'users/alice', '--at'],
    `Error: The option '--at <moment>' needs a value.

To see how it is used:
  kdelta help get
`,
  ],
  [
    'a missing address',
    ['get'],
    `Error: 'kdelta get' needs an address: NAMESPACE/KEY.

To see how it is used:
  kdelta help get
`,
  ],
  [
    'a missing option',
    ['batch'],
    `Error: 'kdelta batch' needs the option '--file <file>'.

To see how it is used:
  kdelta help batch
`,
  ],
  [
    'a value that the shell cut at its spaces',
    ['set', 'users/alice', '{name:', 'Alice}'],
    `Error: 'kdelta set' takes 2 arguments, but there are 3.

A value with spaces or quotation marks is one word for the shell in single quotation marks, as in:
  kdelta set users/alice '{"name": "Alice"}'

To see how it is used:
  kdelta help set
`,
  ],
  [
    'a value that looks like an option',
    ['set', 'counters/a', '-1E5'],
    `Error: 'kdelta set' has no option '-1E5'.

If it is a value, put two dashes before it:
  kdelta set counters/a -- -1E5

To see how it is used:
  kdelta help set
`,
  ],
  [
    'a namespace where a key is wanted',
    ['get', 'users'],
    `Error: 'users' names no key. An address is NAMESPACE/KEY.

An example:
  kdelta get users/alice

To see the keys in 'users':
  kdelta list users
`,
  ],
  [
    'two databases',
    ['get', 'users/alice', '--db', 'data', '--memory'],
    `Error: --memory and --db name two different databases. Give one of them.
`,
  ],
  [
    'two keys',
    ['get', 'users/alice', '--key-file', 'key', '--passphrase'],
    `Error: --key-file and --passphrase name two different keys. Give one of them.
`,
  ],
  [
    'a limit that is no number',
    ['list', 'users', '--limit', 'ten'],
    `Error: --limit takes a whole number from 1, not 'ten'.
`,
  ],
  [
    'a choice among keys without a namespace',
    ['list', '--prefix', 'a'],
    `Error: --prefix needs a namespace whose keys it can choose from.

To see all namespaces:
  kdelta list
`,
  ],
  [
    'a namespace compared with nothing',
    ['diff', 'users', '--db', 'my data'],
    `Error: --from is missing: for a whole namespace, say since when.

To see what a day changed:
  kdelta diff users --from -1d --db 'my data'
`,
  ],
  [
    'rejects without leave to reject',
    ['batch', '--file', '-', '--rejects', 'bad.jsonl'],
    `Error: --rejects takes the lines that --skip-bad leaves out, and --skip-bad is missing.
`,
  ],
  [
    'a format that there is not',
    ['export', '--format', 'csv'],
    `Error: 'csv' is not a format kdelta knows. It knows jsonl.
`,
  ],
  [
    'a shell that there is not',
    ['completion', 'bahs'],
    `Error: 'bahs' is not a shell kdelta knows. It knows bash, zsh, fish.

Did you mean:
  - bash (different spelling)
`,
  ],
  [
    'a bare word as a value',
    ['set', 'users/alice', "it's"],
    `Error: The value is not JSON: Unexpected token 'i', "it's" is not valid JSON.

To store this as text:
  kdelta set users/alice '"it'\\''s"'
`,
  ],
  [
    'an object whose quotation marks the shell took',
    ['set', 'users/alice', '{name: Alice}', '--db', 'data'],
    `Error: The value is not JSON: Expected property name or '}' in JSON at position 1.

JSON wants double quotation marks, and the shell single ones around it, as in:
  kdelta set users/alice '{"name": "Alice"}' --db data
`,
  ],
  [
    'an empty value',
    ['set', 'users/alice', ''],
    `Error: The value is not JSON: Unexpected end of JSON input.

To read the value from stdin:
  kdelta set users/alice -
`,
  ],
  [
    'a file of a value that is not there',
    ['set', 'users/alice', '@nowhere.json'],
    `Error: Cannot read nowhere.json: there is no such file or folder.
`,
  ],
  [
    'help on a mistyped topic',
    ['help', 'exit-code'],
    `Error: 'exit-code' is not a command.

Did you mean:
  - kdelta help exit-codes (longer)

To see all commands:
  kdelta help
`,
  ],
];

test.each(misuses)('%s', (_, args, stderr) => {
  const cwd = folder();
  const run = kdelta(args, { cwd });
  expect({ ...run, stderr: run.stderr.replace(/ \(line 1 column \d+\)/, '') }).toEqual({
    code: stderr.includes('no such file') ? 3 : 2,
    stdout: '',
    stderr,
  });
});

test('with --json a misuse is one line of JSON on stderr', () => {
  const { code, stdout, stderr } = kdelta(['gett', '--json'], { cwd: folder() });
  expect([code, stdout, lines(stderr).length]).toEqual([2, '', 1]);
  expect(JSON.parse(stderr)).toEqual({
    error: {
      code: 'usage',
      detail: "'gett' is not a command.",
      suggestions: [{ text: 'kdelta get', why: 'different spelling' }],
      hints: [{ text: 'To see all commands', command: 'kdelta help' }],
      exitCode: 2,
    },
  });
});
