import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { variable } from './environment.js';
import { type ErrorRecord, failure, KoruDeltaError } from './errors.js';
import { parseForReport } from './json.js';
import { shellWords } from './shell-words.js';

/** So much of what the bridge said to people is kept, to tell why it ended. */
const SAID_MAX = 64 << 10;

/** A running `kdelta bridge --stdio`. */
export interface BridgeProcess {
  readonly child: ChildProcess;
  readonly input: Writable;
  readonly output: Readable;
  /** The last line that it said to people. */
  lastWords(): string;
}

/**
 * Starts the bridge to the database in a folder, in memory where the path is empty.
 *
 * @throws {@link KoruDeltaError} `bridge_not_found`.
 */
export async function startBridge(
  path: string,
  command: string | readonly string[] | undefined,
): Promise<BridgeProcess> {
  const [program = 'kdelta', ...args] = commandOf(command);
  const { spawn } = await import('node:child_process');
  const place = path === '' ? ['--memory'] : ['--db', path];
  const child = spawn(program, [...args, 'bridge', '--stdio', '--json', ...place], { stdio: 'pipe' });
  await new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => reject(notFound(program, path, cause)));
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-SAID_MAX);
  });
  return { child, input: child.stdin, output: child.stdout, lastWords: () => said.trimEnd().split('\n').at(-1) ?? '' };
}

function commandOf(command: string | readonly string[] | undefined): readonly string[] {
  if (command !== undefined) return typeof command === 'string' ? [command] : command;
  return shellWords(variable('KDELTA_BRIDGE') ?? 'kdelta');
}

function notFound(program: string, path: string, cause: Error): KoruDeltaError {
  const url = JSON.stringify(`stdio:${path}`);
  return failure(
    'bridge_not_found',
    `The program '${program}', which carries a database to others, does not start: ${cause.message}.`,
    {
      hints: [
        { text: 'To install it where it is looked for', command: 'npm install --global kdelta' },
        { text: 'To say where it is', code: `await KoruDelta.connect(${url}, { command: '/usr/local/bin/kdelta' })` },
        { text: 'To say it to every program', command: 'export KDELTA_BRIDGE=/usr/local/bin/kdelta' },
        { text: 'In JavaScript no bridge is needed', code: `await KoruDelta.startWithPath(${JSON.stringify(path)})` },
      ],
      facts: { program },
      cause,
    },
  );
}

/** The failure that a bridge ended with; undefined when its last words tell none. */
export function failureIn(words: string): KoruDeltaError | undefined {
  try {
    const { error } = parseForReport<{ error: ErrorRecord }>(words);
    return typeof error.code === 'string' ? new KoruDeltaError(error) : undefined;
  } catch {
    return undefined;
  }
}
