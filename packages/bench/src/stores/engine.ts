import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Contender } from '../contender.js';
import type { Sample, StepParams } from '../workload.js';

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

let program: string | undefined;

/** Builds the program that measures the engine, when it is not fresh; gives its path. */
function build(): string {
  if (program) return program;
  const command = ['build', '--release', '--locked', '-p', 'koru-delta', '--bench', 'durable', '--message-format=json'];
  const { status, stdout, error } = spawnSync('cargo', command, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 64 << 20,
  });
  const built = /"executable":"([^"]*durable[^"]*)"/.exec(stdout ?? '');
  if (status !== 0 || !built?.[1]) throw new Error(`cargo cannot build it: ${error?.message ?? `exit code ${status}`}`);
  program = JSON.parse(`"${built[1]}"`) as string;
  return program;
}

/** Lets the program load documents in batches, and takes its figure. */
export function loadEngine({ plan, folder, contender: id, size }: StepParams): Sample {
  const args = [folder, String(size), String(plan.milliseconds), id === engineSealed.id ? 'sealed' : 'plain'];
  const { status, stdout, stderr } = spawnSync(build(), args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The engine's program failed: ${stderr}`);
  return { rate: Number(stdout) };
}
