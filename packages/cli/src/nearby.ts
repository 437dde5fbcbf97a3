import { readdir } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Suggestion } from './failure.js';
import { distance } from './nearness.js';
import { shellWord } from './shell-word.js';

/** So many folders are looked into; a hint must not take long. */
const lookedInto = 200;
const shown = 3;

/** Databases around the place where there is none: beside it, below the folder of the command, and in those above. */
export async function databasesNear(path: string): Promise<Suggestion[]> {
  const here = process.cwd();
  const beside = await foldersIn(dirname(resolve(path)));
  const around = [...new Set([...beside, ...(await foldersIn(here)), ...above(here)])].slice(0, lookedInto);
  const letters = (folder: string) => distance(basename(folder), basename(path));
  const found: Suggestion[] = [];
  for (const folder of around.sort((a, b) => letters(a) - letters(b))) {
    if (found.length === shown) break;
    if (folder !== resolve(path) && (await isDatabase(folder))) {
      found.push({ text: `--db ${shellWord(shorter(folder, here))}`, why: 'a database' });
    }
  }
  return found;
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
}

/** The database of a project is often in a folder above, like its other settings. */
function above(folder: string): string[] {
  const found: string[] = [];
  for (let at = dirname(folder); at !== folder; folder = at, at = dirname(at)) found.push(join(at, '.kdelta'));
  return found;
}

async function isDatabase(folder: string): Promise<boolean> {
  return (await readdir(folder).catch(() => [])).some((name) => /^manifest-\d{6}$/.test(name));
}

function shorter(folder: string, here: string): string {
  const path = relative(here, folder) || '.';
  return path.length < folder.length ? path : folder;
}
