import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A file system may keep times so coarsely that a second write within them leaves no trace. */
const coarseMs = 50;

/**
 * What the writes of another process leave on the files of a folder: while it stays the same, nothing was written. Just
 * after a write it is never the same as another.
 */
export async function footprint(folder: string): Promise<string> {
  const now = Date.now();
  const files = await Promise.all(
    (await readdir(folder)).sort().map(async (name) => {
      // A file may be replaced by another while the folder is read.
      const stats = await stat(join(folder, name)).catch(() => undefined);
      return { trace: `${name} ${stats?.size} ${stats?.mtimeMs}`, isFresh: (stats?.mtimeMs ?? now) > now - coarseMs };
    }),
  );
  return [...files.map(({ trace }) => trace), ...(files.some(({ isFresh }) => isFresh) ? [String(now)] : [])].join(
    '\n',
  );
}
