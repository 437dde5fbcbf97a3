import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type ConnectOptions, KoruDelta } from '../src/index.js';

/** The program that is the bridge and the server; it is built upon this package and runs as users run it. */
export const kdelta = [process.execPath, fileURLToPath(new URL('../../cli/dist/kdelta.js', import.meta.url))] as const;

const built = (file: string) => JSON.stringify(new URL(`../../server/dist/${file}`, import.meta.url).href);

/** Serves an empty database for each line that it reads, and prints where. */
const script = `
  import { createInterface } from 'node:readline';
  import { Engine } from ${built('index.js')};
  import { serve } from ${built('http.js')};
  for await (const _ of createInterface({ input: process.stdin })) {
    console.log((await serve(await Engine.open({}), { port: 0 })).url);
  }
  process.exit();`;

let host: { process: ChildProcess; lines: AsyncIterator<string> } | undefined;

/** The address of a server with an empty database in memory, in a process that ends with the tests of the file. */
export async function served(): Promise<string> {
  if (!host) {
    const process = spawn('node', ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    host = { process, lines: createInterface({ input: process.stdout })[Symbol.asyncIterator]() };
  }
  host.process.stdin?.write('\n');
  return (await host.lines.next()).value;
}

/** Ends the process with the servers. */
export function endServers(): void {
  host?.process.kill('SIGKILL');
}

/** A database over HTTP that is closed when the test ends. */
export async function overHttp<Schema extends object = Record<string, unknown>>(
  options: ConnectOptions = {},
): Promise<KoruDelta<Schema>> {
  return closing(await KoruDelta.connect<Schema>(await served(), options));
}

/** A database behind a bridge that is closed when the test ends. */
export async function overStdio<Schema extends object = Record<string, unknown>>(
  options: ConnectOptions = {},
): Promise<KoruDelta<Schema>> {
  return closing(await KoruDelta.connect<Schema>('stdio:', { command: kdelta, ...options }));
}

function closing<Schema extends object>(db: KoruDelta<Schema>): KoruDelta<Schema> {
  onTestFinished(() => db.close());
  return db;
}
