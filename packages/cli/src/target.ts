import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createGzip, type Gzip } from 'node:zlib';
import { fileFailure } from './failure.js';

/**
 * A file that is there whole or not at all: it is written under another name beside its place, and takes its own name when
 * it is finished and on the disk. Devices and pipes are written directly, since a rename would replace them.
 */
export class Target {
  #gzip: Gzip | undefined;
  #packing: Promise<void> | undefined;
  #written = 0;

  private constructor(
    private readonly name: string,
    private readonly place: string,
    private readonly temporary: string | undefined,
    private readonly file: FileHandle,
  ) {}

  /** Opens the file for writing; one whose name ends with `.gz` is packed. */
  static async open(name: string): Promise<Target> {
    try {
      const place = await realpath(name).catch(() => name);
      const stats = await stat(place).catch(() => undefined);
      if (stats?.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
      const isPlain = stats === undefined || stats.isFile();
      const temporary = isPlain ? join(dirname(place), `.${basename(place)}.${process.pid}.part`) : undefined;
      const target = new Target(name, place, temporary, await open(temporary ?? place, 'w'));
      if (name.endsWith('.gz')) target.#pack();
      return target;
    } catch (error) {
      throw fileFailure(error as NodeJS.ErrnoException, 'write', name);
    }
  }

  /** How many bytes the file has so far. */
  get bytes(): number {
    return this.#written;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#gzip) return this.#put(bytes);
    const gzip = this.#gzip;
    // A failure of the writing side is what matters, and ends the waiting for the packing side.
    await Promise.race([new Promise<void>((resolve) => gzip.write(bytes, () => resolve())), this.#packing]);
  }

  /** Gives the file its name. */
  async finish(): Promise<void> {
    this.#gzip?.end();
    await this.#packing;
    try {
      if (this.temporary) await this.file.sync();
      await this.file.close();
      if (!this.temporary) return;
      await rename(this.temporary, this.place);
      await syncFolder(dirname(this.place));
    } catch (error) {
      throw fileFailure(error as NodeJS.ErrnoException, 'write', this.name);
    }
  }

  /** Leaves nothing behind. Does nothing after the finish. */
  async abandon(): Promise<void> {
    this.#gzip?.destroy();
    await this.#packing?.catch(() => {});
    await this.file.close().catch(() => {});
    if (this.temporary) await rm(this.temporary, { force: true });
  }

  #pack(): void {
    const gzip = createGzip();
    this.#gzip = gzip;
    this.#packing = (async () => {
      for await (const chunk of gzip as AsyncIterable<Uint8Array>) await this.#put(chunk);
    })();
    this.#packing.catch(() => {});
  }

  async #put(bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length; ) at += (await this.file.write(bytes, at)).bytesWritten;
      this.#written += bytes.length;
    } catch (error) {
      throw fileFailure(error as NodeJS.ErrnoException, 'write', this.name);
    }
  }
}

/** A new name is safe from a power cut once its folder is; systems that cannot sync a folder do it by themselves. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
}
