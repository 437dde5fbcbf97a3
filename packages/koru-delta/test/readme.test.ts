import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryFolder } from './folder.js';

const run = promisify(execFile);
const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
const built = new URL('../dist/index.js', import.meta.url).href;

/** The code of each part of the page that has some. */
const examples = readme
  .split(/^## /m)
  .map((part) => ({
    title: part.split('\n', 1)[0],
    code: [...part.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code]) => code).join(''),
  }))
  .filter(({ code }) => code !== '');

test.each(examples)('the example of $title runs and prints what it says', async ({ code }) => {
  const folder = await temporaryFolder();
  const file = join(folder, 'example.mjs');
  await writeFile(file, code.replaceAll("'koru-delta'", JSON.stringify(built)));
  const { stdout, stderr } = await run(process.execPath, [file], { cwd: folder });
  expect(stderr).toBe('');
  const promised = [...code.matchAll(/^\s*console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text);
  for (const text of promised) expect(stdout.split('\n')).toContain(text);
});

test('the examples were found', () => {
  expect(examples.map(({ title }) => title)).toEqual([
    '# koru-delta',
    'Time travel',
    'Many writes',
    'Safe changes',
    'Changes',
  ]);
  expect(fileURLToPath(built)).toMatch(/dist.index\.js$/);
});
