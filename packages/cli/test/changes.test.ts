import { once } from 'node:events';
import { beforeEach, expect, test } from 'vitest';
import { done, ended, folder, kdelta, lines, start, steady } from './kdelta.js';

let cwd: string;
beforeEach(() => {
  cwd = folder();
  done(['set', 'users/alice', '1', '--actor', 'ann', '--reason', 'first'], { cwd });
  done(['set', 'orders/1', '{"total":1.0}'], { cwd });
  done(['delete', 'users/alice', '--reason', 'left'], { cwd });
});

const seqsOf = (args: string[]) => lines(done(args, { cwd })).map((line) => Number(/^seq:(\d+)/.exec(line)?.[1]));
const seqs = (...args: string[]) => seqsOf(['changes', ...args]);

test('changes are all versions of all keys in their order', () => {
  const { stdout, stderr } = kdelta(['changes'], { cwd });
  expect(stderr).toBe('');
  expect(steady(stdout)).toBe(`seq:1  <time>  ann  users/alice  1  (first)
seq:2  <time>  orders/1     {"total":1.0}
seq:3  <time>  users/alice  deleted  (left)
`);
  expect(seqs('users')).toEqual([1, 3]);
  expect(seqs('users/', '--prefix', 'al', '--limit', '1')).toEqual([1]);
  expect(seqs('--since', 'seq:1')).toEqual([2, 3]);
  expect(kdelta(['changes', '--since', 'seq:3'], { cwd })).toEqual({
    code: 0,
    stdout: '',
    stderr: 'There are no changes.\n',
  });
});

test('a line of JSON has the exact value and the cursor to go on from', () => {
  const rows = lines(done(['changes', '--json'], { cwd }));
  expect(rows[1]).toContain('"value":{"total":1.0}');
  for (const [index, row] of rows.entries()) {
    const rest = lines(done(['changes', '--json', '--since', JSON.parse(row).cursor], { cwd }));
    expect(rest).toEqual(rows.slice(index + 1));
  }
});

test('changes follow the pages to the end', () => {
  const rows = Array.from({ length: 1234 }, (_, i) => JSON.stringify({ key: `n/${i}`, value: i }));
  done(['batch', '--file', '-'], { cwd, input: rows.join('\n') });
  expect(seqs()).toEqual(Array.from({ length: 1237 }, (_, i) => i + 1));
  expect(seqs('n', '--limit', '777')).toHaveLength(777);
});

test('a place that there is not is refused', () => {
  for (const [since, code, stderr] of [
    ['seq:4', 3, 'Error: seq:4 is past the end of the history: the last version is seq:3.\n'],
    ['-10m', 2, "Error: --since takes what stands at the start of a line, such as seq:123, not '-10m'.\n"],
  ] as const) {
    expect(kdelta(['changes', '--since', since], { cwd })).toEqual({ code, stdout: '', stderr });
  }
  expect(kdelta(['changes', '--prefix', 'a'], { cwd }).code).toBe(2);
});

test('a live feed shows what other processes write, until it is interrupted', async () => {
  const feed = start(['changes', '--live', '--since', 'seq:2', '--json'], { cwd });
  const end = ended(feed);
  let seen = '';
  feed.stdout?.on('data', (text: string) => {
    seen += text;
  });
  for (const value of ['2', '3']) {
    done(['set', 'users/bob', value], { cwd });
    while (!seen.includes(`"value":${value}`)) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  feed.kill('SIGINT');
  const { code, stdout, stderr } = await end;
  expect([code, stderr]).toEqual([130, '']);
  expect(lines(stdout).map((line) => JSON.parse(line).seq)).toEqual([3, 4, 5]);
});

test.each(['changes --live', 'changes --live --json', 'watch'])('Ctrl-C ends %s without a word', async (line) => {
  const feed = start([...line.split(' '), '--since', 'seq:2'], { cwd });
  const end = ended(feed);
  await once(feed.stdout ?? feed, 'data');
  feed.kill('SIGINT');
  const { code, stderr } = await end;
  expect([code, stderr]).toEqual([130, '']);
});

test('watch shows what is written from now on, of the namespace and the prefix', async () => {
  done(['set', 'users/bob', '"before"'], { cwd });
  const { lastSeq } = JSON.parse(done(['status', '--json'], { cwd }));
  const feed = start(['watch', 'users', '--prefix', 'b', '--limit', '1', '--json'], { cwd });
  const end = ended(feed);
  let running = true;
  const run = end.then((result) => {
    running = false;
    return result;
  });
  // Nothing tells when it has begun, so there is something new until it has seen some.
  for (let value = 0; running; value += 1) {
    done(['set', 'users/alice', `${value}`], { cwd });
    done(['set', 'users/bob', `${value}`], { cwd });
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  const { code, stdout, stderr } = await run;
  expect([code, stderr]).toEqual([0, '']);
  const rows = lines(stdout).map((line) => JSON.parse(line));
  expect(rows).toMatchObject([{ namespace: 'users', key: 'bob', cursor: `seq:${rows[0].seq}` }]);
  expect(rows[0].seq).toBeGreaterThan(lastSeq);
});

test('watch goes on behind a place', () => {
  expect(seqsOf(['watch', '--since', 'seq:1', '--limit', '2'])).toEqual([2, 3]);
});

test('a namespace where nothing is new, or nothing is left, is not missing', () => {
  const none = { code: 0, stdout: '', stderr: 'There are no changes.\n' };
  expect(kdelta(['changes', 'users', '--since', 'seq:3'], { cwd })).toEqual(none);
  expect(kdelta(['changes', 'users', '--prefix', 'z'], { cwd })).toEqual(none);
  expect(seqs('users')).toEqual([1, 3]);
  expect(kdelta(['changes', 'user'], { cwd }).code).toBe(3);
});
