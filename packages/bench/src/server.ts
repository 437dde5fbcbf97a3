import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The command line, with which people start the server and clients the bridge. */
export const kdelta = fileURLToPath(new URL('../../cli/dist/kdelta.js', import.meta.url));

/** Why there is no command line, if there is none. */
export function kdeltaAbsent(): string | undefined {
  return existsSync(kdelta) ? undefined : 'packages/cli is not built';
}

/** A server in a process of its own. */
export interface Server {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts `kdelta start` on a folder. */
export function startServer(folder: string): Promise<Server> {
  return start([kdelta, 'start', '--db', folder, '--port', '0', '--json']);
}

/** Starts the server that shows what HTTP costs without a database. */
export function startBareServer(): Promise<Server> {
  return start([fileURLToPath(new URL('./bare-server.js', import.meta.url))]);
}

/** Starts a program of Node that prints `{"url"}` once it listens. */
async function start(args: string[]): Promise<Server> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  // It does not outlive us when something fails on the way.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const { url } = JSON.parse(await firstLine(child)) as { url: string };
  return {
    url,
    pid: child.pid as number,
    async stop() {
      process.off('exit', kill);
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('The standard output of the server is no pipe.');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error('The server ended before it listened.');
}
