import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Client, Place, Work } from '../client.js';
import { kdelta } from '../server.js';

/** A program in another language, and its first arguments. */
export type Command = readonly [string, ...string[]];

/**
 * Starts a program that gets an address and a file of rows as its arguments, does the work that each line of its input names
 * (`what from count callers`), and answers each by the milliseconds it took. It says that it is ready by an empty line.
 */
export async function startProgram(
  [program, ...args]: Command,
  { address, rows }: Place,
  env: NodeJS.ProcessEnv = {},
): Promise<Client> {
  // Clients split it as a shell does.
  const bridge = [process.execPath, kdelta].map((word) => `'${word}'`).join(' ');
  const child = spawn(program, [...args, address, rows], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env, KDELTA_BRIDGE: bridge },
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await answers.next();
    if (done) throw new Error(`${program} ended before its time.`);
    return { milliseconds: Number(value) };
  };
  await answer();
  return {
    run({ what, from, count, callers }: Work) {
      child.stdin.write(`${what} ${from} ${count} ${callers}\n`);
      return answer();
    },
    async end() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}
