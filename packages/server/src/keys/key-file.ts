import { type FileHandle, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { failure } from 'koru-delta/inside';
import { type ApiKey, readKeys, type Scopes, stateOf, writeKeys } from './key.js';
import { hashOf, newKeyText, readKeyText } from './key-text.js';

/** How long a writer waits for another, and after how long a writer is taken for dead, in milliseconds. */
const WAIT_MS = 5_000;
const DEAD_MS = 10_000;

/** How a key is made. */
export interface KeyOptions {
  readonly name: string;
  readonly scopes: Scopes;
  /** From when on it is no longer good. */
  readonly expires?: Date;
}

/** A new key, with the text that nobody can be told again. */
export interface NewKey {
  readonly text: string;
  readonly key: ApiKey;
}

/** The file that holds the API keys of a database: beside its folder, since a backup of the folder is not to carry them. */
export class KeyFile {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** The file of the database in a folder. */
  static beside(folder: string): KeyFile {
    return new KeyFile(`${folder.replace(/[/\\]+$/, '')}.keys.json`);
  }

  /** All keys, also those that are no longer good; undefined when there is no file. */
  async read(): Promise<ApiKey[] | undefined> {
    try {
      return readKeys(await readFile(this.path, 'utf8'), this.path);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw told(error, this.path);
    }
  }

  /** Makes a key. */
  async create({ name, scopes, expires }: KeyOptions): Promise<NewKey> {
    const text = newKeyText();
    const { id, secret } = readKeyText(text) ?? { id: '', secret: '' };
    const key: ApiKey = {
      id,
      name,
      hash: hashOf(secret),
      scopes,
      created: new Date().toISOString(),
      ...(expires && { expires: expires.toISOString() }),
    };
    await this.#change((keys) => [...keys, key]);
    return { text, key };
  }

  /** Makes a key worthless, for good. */
  async revoke(id: string): Promise<ApiKey> {
    let found: ApiKey | undefined;
    await this.#change((keys) => {
      const key = keys.find((one) => one.id === id);
      if (!key) throw this.#unknown(id);
      found = stateOf(key) === 'revoked' ? key : { ...key, revoked: new Date().toISOString() };
      return keys.map((one) => (one === key ? (found as ApiKey) : one));
    });
    return found as ApiKey;
  }

  #unknown(id: string): Error {
    return failure('invalid_params', `There is no API key with the id '${id}'.`, {
      hints: [{ text: 'To see the ids', command: 'kdelta key list' }],
    });
  }

  /**
   * Writes the file anew, beside its place, and gives it its name when it is on the disk. The new file is the lock of its writer,
   * so that no change of another is lost.
   */
  async #change(change: (keys: ApiKey[]) => ApiKey[]): Promise<void> {
    const temporary = `${this.path}.new`;
    const file = await this.#lock(temporary);
    try {
      await file.writeFile(writeKeys(change((await this.read()) ?? [])));
      await file.sync();
      await file.close();
      await rename(temporary, this.path);
      await syncFolder(dirname(this.path));
    } catch (error) {
      await file.close().catch(() => {});
      await rm(temporary, { force: true });
      throw told(error, this.path);
    }
  }

  async #lock(temporary: string): Promise<FileHandle> {
    const until = Date.now() + WAIT_MS;
    for (;;) {
      try {
        return await open(temporary, 'wx', 0o600);
      } catch (error) {
        if (codeOf(error) !== 'EEXIST' || Date.now() > until) throw told(error, temporary);
      }
      const age = await stat(temporary).then(
        ({ mtimeMs }) => Date.now() - mtimeMs,
        () => 0,
      );
      if (age > DEAD_MS) await rm(temporary, { force: true });
      else await pause(20);
    }
  }
}

/** A new name is safe from a power cut once its folder is; systems that cannot sync a folder do it by themselves. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | null)?.code;
}

/** The operating system's refusal in our words. */
function told(error: unknown, file: string): unknown {
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return failure('permission_denied', `The file of API keys '${file}' cannot be used: access was refused.`, {
        facts: { file },
      });
    case 'ENOSPC':
    case 'EDQUOT':
      return failure('disk_full', `The file of API keys '${file}' cannot be written: the disk is full.`, {
        facts: { file },
      });
    case 'ENOENT':
      return failure('io_error', `The file of API keys '${file}' cannot be written: there is no such folder.`, {
        facts: { file },
      });
    case 'EEXIST':
      return failure('io_error', `Another process is writing API keys; '${file}' stays there.`, { facts: { file } });
    default:
      return error;
  }
}
