import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One call and what comes of it; README.md says what each member means. */
export interface Step {
  readonly op?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly expect?: unknown;
  readonly error?: Readonly<Record<string, unknown>>;
  readonly as?: string;
  readonly take?: number;
  readonly during?: readonly Step[];
  readonly lines?: readonly string[] | string;
  readonly fresh?: true;
  readonly close?: true;
}

/** A conversation that begins with an empty database. */
export interface Script {
  readonly name: string;
  readonly seed?: number;
  /** Only for clients of a server or a bridge. */
  readonly wire?: true;
  readonly steps: readonly Step[];
}

/** A file of conversations. */
interface VectorFile {
  readonly about: string;
  readonly scripts: readonly Script[];
}

/** A script and the file it stands in. */
export interface Placed extends Script {
  readonly file: string;
}

const vectors = fileURLToPath(new URL('../vectors', import.meta.url));

/** Every script that is committed. */
export function committed(): Placed[] {
  return [vectors, join(vectors, 'generated')].flatMap(scriptsIn);
}

function scriptsIn(folder: string): Placed[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return files.sort().flatMap((file) => {
    const { scripts } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as VectorFile;
    return scripts.map((script) => ({ ...script, file }));
  });
}
