import { readdir, readFile } from 'node:fs/promises';
import { Failure, fileFailure } from './failure.js';
import type { Interrupt } from './interrupt.js';
import { askPassphrase } from './passphrase.js';
import type { Place } from './place.js';

/** A key as the engine takes it, which itself reads no files and asks nobody. */
export type EngineKey = { text: string } | { fileContent: string } | { passphrase: string };

/** Fetches the key of a place: from its file, or from the person. */
export async function fetchKey(place: Place, readOnly: boolean, interrupt: Interrupt): Promise<EngineKey | undefined> {
  const { key, path } = place;
  if (key === undefined) return undefined;
  if (key === 'ask') return { passphrase: await askPassphrase(interrupt, !readOnly && (await isNew(path))) };
  return 'file' in key ? { fileContent: await contentOf(key.file, key.variable) } : key;
}

/** A passphrase that will seal a new database is asked for twice. */
async function isNew(path: string | undefined): Promise<boolean> {
  return path === undefined || (await readdir(path).catch(() => [])).length === 0;
}

async function contentOf(file: string, variable: string | undefined): Promise<string> {
  try {
    return (await readFile(file)).toString('hex');
  } catch (error) {
    const name = variable === undefined ? file : `${file}, which ${variable} names`;
    const { record } = fileFailure(error as NodeJS.ErrnoException, 'read', `the key file ${name}`);
    throw new Failure({ ...record, code: 'invalid_seal_key', exitCode: 7 });
  }
}
