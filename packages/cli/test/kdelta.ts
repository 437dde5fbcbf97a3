import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, onTestFinished } from 'vitest';

/** The built program; every test runs it as users do, in a process of its own. */
export const program = fileURLToPath(new URL('../dist/kdelta.js', import.meta.url));

/** What a run of the program left behind. */
export interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** What a run is given beside its arguments. */
export interface Given {
  cwd: string;
  input?: string | Uint8Array;
  env?: Record<string, string>;
}

/** An environment in which nothing of the developer's own settings is left. */
export function environment(more: Record<string, string> = {}): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME, TERM: 'xterm', LC_ALL: 'C.UTF-8', ...more };
}

/** Runs `kdelta` to its end. */
export function kdelta(args: string[], { cwd, input = '', env = {} }: Given): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd,
    input,
    env: environment(env),
    encoding: 'utf8',
    maxBuffer: 256 << 20,
  });
  return { code: status, stdout, stderr };
}

/** Runs `kdelta` and expects it to succeed; returns what it printed. */
export function done(args: string[], given: Given): string {
  const { code, stdout, stderr } = kdelta(args, given);
  if (code !== 0) throw new Error(`kdelta ${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout;
}

/** Starts `kdelta` and leaves it running. It is killed when the test ends, if it still lives. */
export function start(args: string[], { cwd, env = {} }: Given): ChildProcess {
  const child = spawn(process.execPath, [program, ...args], { cwd, env: environment(env) });
  // What the test still writes when the program has ended is lost on purpose.
  child.stdin?.on('error', () => {});
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

/** Waits for a started program to end. */
export function ended(child: ChildProcess): Promise<Run> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

/** An empty folder that is gone after the tests of the file. */
export function sharedFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'kdelta-test-'));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** An empty folder that is gone after the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'kdelta-test-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** The lines of a text, without the empty one after the last. */
export function lines(text: string): string[] {
  return text.split('\n').slice(0, -1);
}

/** A text with the parts that differ from run to run replaced by their names. */
export function steady(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/g, '<time>')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{3})?Z +/g, '<time>  ')
    .replace(/ in [\d.]+ s( \([\d,]+\/s\))?/g, '')
    .replace(/\b[0-9A-HJKMNP-TV-Z]{26}\b/g, '<version>');
}
