import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { root } from '../../../scripts/child.mjs';
import {
  blocksOf,
  commandsOf,
  comparable,
  missingLines,
  programsOf,
  promisesOf,
  standsIn,
  steady,
} from '../src/documents.js';

const guides = readdirSync(join(root, 'docs/guides')).map((name) => `docs/guides/${name}`);
const pages = ['README.md', 'packages/engine/README.md', ...guides].map((path) => ({
  path,
  text: readFileSync(join(root, path), 'utf8'),
}));
const exampleFolder = join(root, 'packages/engine/examples');
const examples = readdirSync(exampleFolder).filter((name) => name.endsWith('.rs'));

/** A folder in which `koru-delta` is installed as it is for users. It goes when the test ends. */
function project(): string {
  const folder = mkdtempSync(join(tmpdir(), 'koru-delta-page-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(root, 'node_modules/koru-delta'), join(folder, 'node_modules/koru-delta'), 'junction');
  return folder;
}

/** An environment in which `kdelta` is found and no setting of the developer's own is left. */
function environment(): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  const bin = join(root, 'node_modules/.bin');
  return { PATH: [bin, PATH].join(delimiter), HOME, TERM: 'xterm', LC_ALL: 'C.UTF-8' };
}

/** Runs a command line; returns how it ended and all that it printed, errors in their place. */
function shell(command: string, cwd: string): { status: number | null; printed: string } {
  const { status, stdout } = spawnSync('bash', ['-c', `exec 2>&1; ${command}`], {
    cwd,
    env: environment(),
    encoding: 'utf8',
  });
  return { status, printed: stdout };
}

describe.each(pages)('$path', ({ path, text }) => {
  test.each(programsOf(text))(
    'the program of "$section" runs and prints what it says',
    { timeout: 60_000 },
    ({ code }) => {
      const cwd = project();
      writeFileSync(join(cwd, 'example.mjs'), code);
      const given = { cwd, env: environment(), encoding: 'utf8' } as const;
      const { status, stdout, stderr } = spawnSync(process.execPath, ['example.mjs'], given);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect({ missing: missingLines(stdout, promisesOf(code)), stdout }).toEqual({ missing: [], stdout });
    },
  );

  const terminal = blocksOf(text).filter(({ language }) => language === 'console' || language === 'sh');
  test.skipIf(terminal.length === 0)('its commands do what they show', { timeout: 120_000 }, () => {
    const cwd = project();
    for (const block of terminal) {
      if (block.language === 'sh') {
        const { status, printed } = shell(`set -e; ${block.text}`, cwd);
        expect({ block: block.text, status, printed }).toMatchObject({ status: 0 });
        continue;
      }
      for (const { command, shown } of commandsOf(block.text)) {
        const { printed } = shell(command, cwd);
        expect(`$ ${command}\n${comparable(printed, shown)}`).toBe(`$ ${command}\n${steady(shown)}`);
      }
    }
  });

  const rust = blocksOf(text).filter(({ language }) => language === 'rust');
  test.skipIf(rust.length === 0)('its Rust stands in an example', () => {
    const sources = examples.map((name) => readFileSync(join(exampleFolder, name), 'utf8'));
    const strange = rust.filter((block) => !sources.some((source) => standsIn(block.text, source)));
    expect(strange, path).toEqual([]);
  });
});

// The guides of these languages are run by the tests of their clients.
test.each([
  ['python', 'docs/guides/python.md'],
  ['go', 'docs/guides/go.md'],
])('what the README has in %s stands in %s', (language, guide) => {
  const source = blocksOf(readFileSync(join(root, guide), 'utf8'))
    .filter((block) => block.language === language)
    .map(({ text }) => text)
    .join('\n');
  const shown = blocksOf(readFileSync(join(root, 'README.md'), 'utf8')).filter((block) => block.language === language);
  expect(shown.length).toBeGreaterThan(0);
  expect(shown.filter(({ text }) => !standsIn(text, source))).toEqual([]);
});

test('the pages have examples of every kind', () => {
  const languages = new Set(pages.flatMap(({ text }) => blocksOf(text)).map(({ language }) => language));
  for (const language of ['js', 'console', 'rust']) expect(languages).toContain(language);
});

test.each(examples)('the example %s runs', { timeout: 600_000 }, (name) => {
  const cwd = project();
  const run = ['run', '--quiet', '--locked', '--package', 'koru-delta', '--example', name.replace('.rs', '')];
  const { status, stdout, stderr } = spawnSync('cargo', [...run, '--', join(cwd, 'data')], {
    cwd: root,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toMatchObject({ status: 0 });
  expect(stdout).not.toBe('');
});
