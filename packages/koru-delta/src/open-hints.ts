import { type ErrorCode, type Hint, KoruDeltaError } from './errors.js';

/** What a program can do that could not open a database; the engine's own hints are for whoever sits at a terminal. */
const hints: Partial<Record<ErrorCode, (path: string) => Hint[]>> = {
  database_locked: (path) => [
    { text: 'To read it meanwhile', code: `await KoruDelta.startWithPath(${path}, { readOnly: true })` },
    {
      text: 'To wait longer until the other process has closed it',
      code: `await KoruDelta.startWithPath(${path}, { lockTimeoutMs: 30_000 })`,
    },
  ],
  database_not_found: (path) => [
    { text: 'To make one there', code: `await KoruDelta.startWithPath(${path})` },
    { text: 'If it lies elsewhere, give the path of its folder' },
  ],
  seal_key_required: (path) => [
    { text: 'With a key file', code: `await KoruDelta.startWithPath(${path}, { key: { file: 'database.key' } })` },
    { text: 'With a passphrase', code: `await KoruDelta.startWithPath(${path}, { key: { passphrase } })` },
  ],
  not_sealed: (path) => [
    { text: 'To open it as it is', code: `await KoruDelta.startWithPath(${path})` },
    { text: 'To have it sealed, export it, and import that into a new database with the key' },
  ],
};

/** The failure of an open with hints in JavaScript, where there are such. */
export function inJavaScript(error: unknown, path: string | undefined): unknown {
  if (!(error instanceof KoruDeltaError) || path === undefined) return error;
  const found = hints[error.code]?.(JSON.stringify(path));
  return found ? new KoruDeltaError({ ...error.toJSON(), hints: found }, { cause: error }) : error;
}
