import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { KoruDelta, type OpenOptions } from '../src/index.js';

/** An empty folder that goes when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'koru-delta-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

let startInMemory: <Schema extends object>() => Promise<KoruDelta<Schema>> = () => KoruDelta.start();

/** Has the databases in memory somewhere else than in this process. */
export function carryMemory(start: typeof startInMemory): void {
  startInMemory = start;
}

/** A database in memory that is closed when the test ends. */
export async function inMemory<Schema extends object = Record<string, unknown>>(): Promise<KoruDelta<Schema>> {
  const db = await startInMemory<Schema>();
  onTestFinished(() => db.close());
  return db;
}

/** A database in a folder of its own that is closed when the test ends. */
export async function inFolder(options: OpenOptions = {}): Promise<KoruDelta> {
  const folder = await temporaryFolder();
  const db = await KoruDelta.startWithPath(folder, options);
  onTestFinished(() => db.close());
  return db;
}

/** The ways to open a database, for tests that hold for each. */
export const places: [name: string, open: () => Promise<KoruDelta>][] = [
  ['in memory', () => inMemory()],
  ['in a folder', () => inFolder()],
  ['sealed', () => inFolder({ key: { text: '07'.repeat(32) } })],
];
