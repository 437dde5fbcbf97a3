import type { NativeDatabase } from '@koru-delta/node';
import type { Batch, Exporter, Importer, LineLoader, LocalCarrier } from './carrier.js';
import { type ErrorRecord, KoruDeltaError } from './errors.js';
import { parseForReport } from './json.js';
import { Letter } from './letter.js';
import { fetchKey, type SealKey } from './seal-key.js';

/**
 * Opens an engine in this process; `options` are {@link OpenOptions} and the `path` as JSON. The addon is loaded here and not before, so that a program which only talks to a
 * server never needs it.
 */
export async function openNative(options: string): Promise<LocalCarrier> {
  const params = await withKey(options);
  const addon = await import('@koru-delta/node');
  return carry(await later(addon.NativeDatabase.open(params)));
}

/** Checks the database in a folder without opening it; of the options the `path` and the `key` count. Returns a report as JSON. */
export async function verifyNative(options: string): Promise<string> {
  const params = await withKey(options);
  const addon = await import('@koru-delta/node');
  return later(addon.NativeDatabase.verifyFolder(params));
}

async function withKey(options: string): Promise<string> {
  const { key, ...rest } = JSON.parse(options) as { key?: SealKey };
  return JSON.stringify(key ? { ...rest, key: await fetchKey(key) } : rest);
}

function carry(database: NativeDatabase): LocalCarrier {
  const letter = new Letter(database);
  return {
    pieceItems: 256,
    call: (op, params) => later(database.call(op, params)),
    callNow: (op, params) => now(() => database.callSync(op, params)),
    callMany: (calls) => later(database.callMany(calls)),
    getPlain(namespace, key, at) {
      try {
        return letter.ask(namespace, key, at);
      } catch (error) {
        throw translated(error);
      }
    },
    getText(namespace, key, at) {
      try {
        return database.getSync(namespace, key, at);
      } catch (error) {
        throw translated(error);
      }
    },
    batchLines: (bytes, options) => later(database.batchLines(bytes, options)),
    repeat: (work) => work(),
    converse: (lines) => later(database.converse(lines)),
    restricted: (grant) => carry(now(() => database.restricted(grant))),
    batch: (options) => translatedBatch(now(() => database.batch(options))),
    loader: (options) => translatedLoader(now(() => database.loader(options))),
    exporter: (options) => translatedExporter(now(() => database.exporter(options))),
    importer: (options) => translatedImporter(now(() => database.importer(options))),
    close: () => later(database.close()),
  };
}

function translatedBatch(batch: Batch): Batch {
  return {
    add: (params) => later(batch.add(params)),
    commit: () => later(batch.commit()),
    abort: () => later(batch.abort()),
  };
}

function translatedLoader(loader: LineLoader): LineLoader {
  return {
    feed: (chunk) => later(loader.feed(chunk)),
    rejects: () => now(() => loader.rejects()),
    commit: () => later(loader.commit()),
    abort: () => later(loader.abort()),
  };
}

function translatedExporter(exporter: Exporter): Exporter {
  return { next: () => later(exporter.next()), abort: () => later(exporter.abort()) };
}

function translatedImporter(importer: Importer): Importer {
  return {
    feed: (chunk) => later(importer.feed(chunk)),
    finish: () => later(importer.finish()),
    abort: () => later(importer.abort()),
  };
}

async function later<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw translated(error);
  }
}

function now<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw translated(error);
  }
}

/** The addon puts the error record into the message of a plain error. */
function translated(error: unknown): unknown {
  if (!(error instanceof Error) || !error.message.startsWith('{')) return error;
  return new KoruDeltaError(parseForReport<ErrorRecord>(error.message));
}
