import type { KeyFile } from '@koru-delta/server/keys';
import type { Place } from './place.js';

/** The file of the API keys of a database; undefined for one in memory of which none is named. */
export async function keyFileOf({ path }: Place, file: string | undefined): Promise<KeyFile | undefined> {
  const { KeyFile } = await import('@koru-delta/server/keys');
  if (file !== undefined) return new KeyFile(file);
  return path === undefined ? undefined : KeyFile.beside(path);
}
