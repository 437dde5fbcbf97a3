import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { addAbortSignal, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type Failure, failure, fileFailure } from './failure.js';

/** A file to read, or stdin. */
export interface Source {
  /** Its name in messages. */
  name: string;
  /** Its size in bytes, when it has one. */
  size: number | undefined;
  /** How many of those bytes were read. */
  read: number;
  /** Whether it turned out to be packed with gzip. Known with the first chunk. */
  packed: boolean;
  /** What it holds, unpacked where it is a gzip file. */
  chunks: AsyncIterable<Uint8Array>;
}

const chunkBytes = 256 << 10;
/** No file of records packs better than this; a file that does was made to fill memory or disk. */
const mostUnpacked = 200;
/** Below this many bytes no unpacking does harm, however well it was packed. */
const harmless = 64 << 20;

/** Opens a file, or stdin for `-`. The signal ends the reading, also while it waits. */
export async function openSource(file: string, signal: AbortSignal): Promise<Source> {
  const name = file === '-' ? 'stdin' : file;
  const size = file === '-' ? undefined : await sizeOf(file);
  const stream = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: chunkBytes });
  addAbortSignal(signal, stream);
  const source: Source = { name, size, read: 0, packed: false, chunks: Readable.from([]) };
  source.chunks = unpacked(counted(stream, source), source);
  return source;
}

/** Reads a small file, or stdin for `-`, to its end. */
export async function readWhole(file: string, most: number, signal: AbortSignal): Promise<Uint8Array> {
  const source = await openSource(file, signal);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source.chunks) {
    length += chunk.length;
    if (length > most) throw failure('value_too_large', 2, `${source.name} is larger than a value can be.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    const stats = await stat(file);
    if (stats.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
    return stats.isFile() ? stats.size : undefined;
  } catch (error) {
    throw fileFailure(error as NodeJS.ErrnoException, 'read', file);
  }
}

async function* counted(stream: Readable, source: Source): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      source.read += chunk.length;
      yield chunk;
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') throw error;
    throw fileFailure(error as NodeJS.ErrnoException, 'read', source.name);
  }
}

/** A gzip file is known by its first two bytes, which no JSON begins with, so that stdin may carry one too. */
async function* unpacked(chunks: AsyncGenerator<Uint8Array>, source: Source): AsyncGenerator<Uint8Array> {
  let head: Uint8Array = new Uint8Array();
  while (head.length < 2) {
    const { value, done } = await chunks.next();
    if (done) break;
    head = head.length === 0 ? value : Buffer.concat([head, value]);
  }
  const all = following(head, chunks);
  source.packed = head[0] === 0x1f && head[1] === 0x8b;
  if (source.packed) yield* gunzipped(all, source);
  else yield* all;
}

async function* following(head: Uint8Array, chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  yield* chunks;
}

async function* gunzipped(chunks: AsyncGenerator<Uint8Array>, source: Source): AsyncGenerator<Uint8Array> {
  const input = Readable.from(chunks);
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  input.on('error', (error) => gunzip.destroy(error));
  let out = 0;
  try {
    for await (const chunk of input.pipe(gunzip) as AsyncIterable<Uint8Array>) {
      out += chunk.length;
      if (out > harmless && out > mostUnpacked * source.read) throw bomb(source);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) throw broken(source, error);
    throw error;
  } finally {
    input.destroy();
  }
}

function broken(source: Source, error: Error): Failure {
  return failure('archive_damaged', 5, `${source.name} is a damaged or cut gzip file: ${error.message}.`);
}

function bomb({ name }: Source): Failure {
  const detail = `${name} unpacks to more than ${mostUnpacked} times its size. No file of records does, so it was not read on.`;
  return failure('archive_refused', 2, detail, {
    hints: [{ text: 'If you trust it, unpack it first and give the plain file' }],
  });
}
