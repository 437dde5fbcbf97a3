import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { connectTo } from 'koru-delta/inside';
import { carried } from './carried.js';
import type { Client } from './client.js';
import { routed } from './routed.js';

/** The program `kdelta` of this tree, as a command line. */
export const kdelta: readonly string[] = [
  process.execPath,
  fileURLToPath(new URL('../../cli/dist/kdelta.js', import.meta.url)),
];

/** A server of a new database in memory. */
export class ServerProcess {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  static async start(...options: string[]): Promise<ServerProcess> {
    const [program = '', ...args] = kdelta;
    const child = spawn(program, [...args, 'start', '--memory', '--port', '0', '--json', ...options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface(child.stdout)) {
      return new ServerProcess(child, (JSON.parse(line) as { url: string }).url);
    }
    throw new Error('The server ended without a word.');
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
  }
}

/** A client over HTTP to a server of its own. */
export async function overHttp(): Promise<Client> {
  const server = await ServerProcess.start();
  return withServer(carried(await connectTo(server.url)), server);
}

/** A client by the routes of a server of its own. */
export async function byRoutes(): Promise<Client> {
  const server = await ServerProcess.start();
  return withServer(routed(server.url), server);
}

function withServer(client: Client, server: ServerProcess): Client {
  return {
    ...client,
    async close() {
      await client.close();
      await server.stop();
    },
  };
}

/** A client over the standard streams to a bridge of its own. */
export async function overStdio(): Promise<Client> {
  return carried(await connectTo('stdio:', { command: kdelta }));
}
