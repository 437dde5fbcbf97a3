import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { done, ended, kdelta, type Run, sharedFolder, start, steady } from './kdelta.js';
import { serve, unusedUrl } from './serving.js';

const cwd = sharedFolder();
let url: string;

beforeAll(async () => {
  const run = (...args: string[]) => done([...args, '--db', 'here'], { cwd });
  run('set', 'users/alice', '{"name":"Alice","n":9007199254740993}', '--actor', 'ann', '--reason', 'new');
  run('set', 'users/bob', '[1.0,1e400,-0]');
  run('set', 'users/alice', '{"name":"Alice","city":"Rome"}');
  run('delete', 'users/bob');
  run('set', 'odd/a/b c', '"\\u0000\u202e"');
  for (const name of ['1', '2', '3']) run('set', `logs/${name}`, name);
  cpSync(join(cwd, 'here'), join(cwd, 'there'), { recursive: true });
  url = await serve(cwd, '--db', 'there');
  writeFileSync(join(cwd, 'lines.jsonl'), '{"key":"batch/a","value":1}\nnonsense\n{"key":"batch/b","value":2}');
  writeFileSync(join(cwd, 'good.jsonl'), '{"key":"batch/a","value":1}\n{"key":"batch/b","delete":true}\n');
});

/** Runs a command on one of the two places, and takes out what names the place. */
async function at(place: string[], args: string[], input = ''): Promise<Run> {
  const child = start([...args, ...place], { cwd });
  child.stdin?.end(input);
  const { code, stdout, stderr } = await ended(child);
  const plain = (text: string) =>
    steady(text)
      .replaceAll(`${cwd}/there`, '<folder>')
      .replaceAll(`${cwd}/here`, '<folder>')
      .replaceAll(url, '<url>')
      .replaceAll(/ --(db here|url <url>)/g, ' <place>')
      .replaceAll(/"sha256":"\w+"/g, '<hash>')
      .replaceAll(/"seconds":[\d.]+,"perSecond":\d+/g, '<speed>');
  return { code, stdout: plain(stdout), stderr: plain(stderr) };
}

const rows: [args: string[], input?: string][] = [
  [['get', 'users/alice']],
  [['get', 'users/alice', '--json']],
  [['get', 'users/alice', '-v', '--at', 'seq:1']],
  [['get', 'users/bob', '--at', 'seq:2', '--raw']],
  [['get', 'odd/a/b c']],
  [['get', 'users/alic']],
  [['get', 'users/alic', '--json']],
  [['get', 'users/bob']],
  [['get', 'users/alice', '--at', 'seq:99']],
  [['get', 'users/alice', '--at', 'soon']],
  [['get', '_system/x']],
  [['list']],
  [['list', '--json']],
  [['list', 'users', '--at', 'seq:2']],
  [['list', 'logs', '--reverse', '--limit', '2', '--json']],
  [['list', 'user']],
  [['log', 'users/alice']],
  [['log', 'users/bob', '--json']],
  [['log', 'users/nobody']],
  [['diff', 'users/alice']],
  [['diff', 'users', '--from', 'seq:1', '--json']],
  [['diff', 'users', '--from', 'seq:0']],
  [['changes']],
  [['changes', 'logs', '--since', 'seq:6', '--json']],
  [['changes', 'nothing']],
  [['watch', '--since', 'seq:5', '--limit', '2']],
  [['export', '--at', 'seq:3', '--output', 'out.jsonl', '--json']],
  [['set', 'users/carol', '{"b":1.0,"a":12345678901234567890}']],
  [['set', 'users/carol', '2', '--if-version', 'none', '--json']],
  [['set', 'users/dave', '-', '--json', '--actor', 'ann'], '{"from": "stdin"}'],
  [['set', 'users/x', '{name: 1}']],
  [['delete', 'users/carol']],
  [['delete', 'users/carol']],
  [['revert', 'users/carol']],
  [['revert', 'users/carol', '--at', 'seq:1', '--json']],
  [['batch', '--file', 'lines.jsonl']],
  [['batch', '--file', 'lines.jsonl', '--json']],
  [['batch', '--file', 'lines.jsonl', '--skip-bad']],
  [['batch', '--file', 'good.jsonl', '--reason', 'why', '--json']],
  [
    ['batch', '--file', '-', '--batch-size', '1', '--skip-bad'],
    '{"key":"batch/c","value":1}\nx\n{"key":"batch/d","value":2}',
  ],
  [['batch', '--file', '-', '--namespace', 'docs', '--key-field', 'id'], '{"id":7,"total":12.50}\n'],
  [['batch', '--file', '-'], ''],
  [['import', 'good.jsonl']],
  [['list', 'docs', '--json']],
  [['changes', '--since', 'seq:8']],
];

test.each(rows)('%j prints the same of a server as of a folder', { timeout: 30_000 }, async (args, input) => {
  // One after the other, since both may write the same file.
  const here = await at(['--db', 'here'], args, input);
  expect(await at(['--url', url], args, input)).toEqual(here);
  if (here.code !== 0) expect(here.stderr).not.toBe('');
});

test.each([['export'], ['verify'], ['verify', '--json'], ['status']])(
  '%j prints the same of a server as of its folder beside it',
  { timeout: 30_000 },
  async (...args) => {
    expect(await at(['--url', url], args)).toEqual(await at(['--db', 'there'], args));
  },
);

test('what a batch leaves out and what an export writes is the same in files', async () => {
  const files = (place: string[], name: string) => {
    done(['batch', '--file', 'lines.jsonl', '--skip-bad', '--rejects', `bad-${name}`, ...place], { cwd });
    done(['export', '--at', 'seq:8', '--output', `all-${name}`, ...place], { cwd });
    const all = readFileSync(join(cwd, `all-${name}`), 'utf8').split('\n');
    // The first line has the time of the export, and the last the hash of all.
    return [readFileSync(join(cwd, `bad-${name}`), 'utf8'), all.slice(1, -2)];
  };
  expect(files(['--url', url], 'there')).toEqual(files(['--db', 'here'], 'here'));
});

test('a history goes from a folder to a server and back', async () => {
  const empty = await serve(cwd, '--memory');
  done(['export', '--db', 'here', '--output', 'one.jsonl'], { cwd });
  expect(done(['import', 'one.jsonl', '--url', empty], { cwd })).toMatch(/^Imported \d+ versions in \d+ commits\n$/);
  done(['export', '--url', empty, '--output', 'two.jsonl'], { cwd });
  const [one, two] = ['one.jsonl', 'two.jsonl'].map((name) => readFileSync(join(cwd, name), 'utf8').split('\n'));
  expect(two?.slice(1, -2)).toEqual(one?.slice(1, -2));
  expect(one).toHaveLength(two?.length ?? 0);
});

test('a feed brings what others write, as they write it, and ends with Ctrl-C', async () => {
  const watching = start(['watch', 'feed', '--json', '--url', url], { cwd });
  const end = ended(watching);
  let seen = '';
  watching.stdout?.on('data', (chunk) => {
    seen += chunk;
  });
  // What is written before it watches is not seen, so it is written until something is.
  for (let n = 0; seen === '' && n < 50; n += 1) await at(['--url', url], ['set', `feed/${n}`, String(n)]);
  expect(JSON.parse(seen.split('\n')[0] ?? '')).toMatchObject({ namespace: 'feed', cursor: expect.any(String) });
  watching.kill('SIGINT');
  const { code, stderr } = await end;
  expect([code, stderr]).toEqual([130, '']);
});

test('the server is that of --url, else of KDELTA_URL, and a folder that is named goes before the environment', () => {
  const env = { KDELTA_URL: url };
  expect(done(['get', 'logs/1'], { cwd, env })).toBe('1\n');
  expect(done(['get', 'logs/2', '--url', url], { cwd, env: { KDELTA_URL: 'http://127.0.0.1:1' } })).toBe('2\n');
  expect(done(['get', 'logs/3', '--url', url], { cwd, env: { KDELTA_DB: 'nowhere' } })).toBe('3\n');
  expect(kdelta(['get', 'logs/1', '--memory'], { cwd, env }).code).toBe(3);
  expect(done(['get', 'logs/1', '--db', 'here'], { cwd, env })).toBe('1\n');
});

test.each<[string[], Record<string, string>, RegExp]>([
  [['--url', 'x', '--db', 'here'], {}, /--url and --db name two different databases/],
  [['--url', 'x', '--memory'], {}, /--url and --memory name two different databases/],
  [['--url', ''], {}, /--url names no server/],
  [['--url', 'ftp://x'], {}, /begins with http/],
  [['--url', 'http://user:secret@x'], {}, /holds no user/],
  [['--url', 'http://x', '--key-file', 'f'], {}, /--key-file opens the seal of a folder/],
  [['--url', 'http://x', '--passphrase'], {}, /--passphrase opens the seal of a folder/],
  [[], { KDELTA_URL: 'http://x', KDELTA_DB: 'here' }, /KDELTA_URL and KDELTA_DB are both set/],
])('%j with %j is refused', (place, env, why) => {
  const { code, stdout, stderr } = kdelta(['get', 'users/alice', ...place], { cwd, env });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(why);
  expect(stderr).not.toContain('secret');
});

test('a server that is not there, and one that wants a key, are told with what to do', async () => {
  const nobody = await unusedUrl();
  const away = kdelta(['get', 'users/alice', '--url', nobody], { cwd });
  expect(away.code).toBe(6);
  expect(away.stderr).toContain(`Error: Nothing that can be talked to answers at ${nobody}`);
  expect(away.stderr).toContain('  kdelta start --db ./data\n');
  const keys = join(cwd, 'keys.json');
  const key = JSON.parse(
    done(['key', 'create', 'ann', '--read', '*', '--write', '*', '--keys', keys, '--json'], { cwd }),
  ).key;
  const guarded = await serve(cwd, '--memory', '--keys', keys);
  const refused = kdelta(['get', 'users/alice', '--url', guarded], { cwd });
  expect(refused.code).toBe(7);
  expect(refused.stderr).toContain(`kdelta get users/alice --url ${guarded} --api-key-file FILE`);
  writeFileSync(join(cwd, 'key'), `${key}\n`);
  done(['set', 'a/b', '1', '--url', guarded, '--api-key-file', 'key'], { cwd });
  expect(done(['get', 'a/b', '--url', guarded], { cwd, env: { KDELTA_API_KEY: key } })).toBe('1\n');
  expect(kdelta(['get', 'users/alice', '--url', url, '--api-key-file', 'none'], { cwd }).code).toBe(3);
});

test('completion asks the server', () => {
  const offered = (...words: string[]) => done(['__complete', ...words], { cwd });
  expect(offered('--url', url, 'get', 'logs/')).toBe('logs/1\nlogs/2\nlogs/3\n');
  expect(offered('get', '--url', '')).toBe('');
  expect(offered('start', '--u')).toBe('');
});
