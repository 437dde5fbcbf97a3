import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Side } from '../alternate.js';
import type { Contender } from '../contender.js';
import type { StepParams } from '../workload.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The engine as a Rust program uses it. */
export const engine = contender('engine', 'engine, called from Rust');

/** The same with everything encrypted. */
export const engineSealed = contender('engine-sealed', 'engine, called from Rust, sealed');

function contender(id: string, label: string): Contender {
  return {
    id,
    label,
    sync: 'durability sync (the default)',
    version: async () => {
      build();
      return 'packages/engine/benches/durable.rs';
    },
    open: async () => {
      throw new Error('The engine by itself is measured by a program of its own.');
    },
  };
}

/** Where the program is, for this process and those it starts. */
const variable = 'KORU_DELTA_BENCH_ENGINE';

/** Builds the program that measures the engine, when it is not fresh, once in a run; gives its path. */
function build(): string {
  const known = process.env[variable];
  if (known) return known;
  const command = ['build', '--release', '--locked', '-p', 'koru-delta', '--bench', 'durable', '--message-format=json'];
  const { status, stdout, error } = spawnSync('cargo', command, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 64 << 20,
  });
  const built = /"executable":"([^"]*durable[^"]*)"/.exec(stdout ?? '');
  if (status !== 0 || !built?.[1]) throw new Error(`cargo cannot build it: ${error?.message ?? `exit code ${status}`}`);
  const program = JSON.parse(`"${built[1]}"`) as string;
  process.env[variable] = program;
  return program;
}

/** Starts the program; it writes one batch whenever it is told to, and times it by itself. */
export async function startEngine({ folder, contender: id, size }: StepParams): Promise<{ batch: Side; end(): void }> {
  const args = [folder, String(size), id === engineSealed.id ? 'sealed' : 'plain', 'paced'];
  const child = spawn(build(), args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await answers.next();
    if (done) throw new Error("The engine's program ended before its time.");
    return { milliseconds: Number(value) };
  };
  // It says that it is ready.
  await answer();
  return {
    batch: () => {
      child.stdin.write('\n');
      return answer();
    },
    end: () => child.stdin.end(),
  };
}
