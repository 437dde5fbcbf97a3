import { failure } from 'koru-delta/inside';

/** What a key may do. */
export interface Scopes {
  /** Patterns of the namespaces that it may read; `*` stands for any characters. */
  readonly read: readonly string[];
  /** Patterns of the namespaces that it may write. */
  readonly write: readonly string[];
  /** Whether it may do what touches the whole database. */
  readonly admin: boolean;
}

/** An API key as it is kept: everything but its secret. */
export interface ApiKey {
  readonly id: string;
  /** What people call it. */
  readonly name: string;
  /** SHA-256 of the secret, in hexadecimal. */
  readonly hash: string;
  readonly scopes: Scopes;
  /** RFC 3339, as all times here. */
  readonly created: string;
  readonly expires?: string;
  readonly revoked?: string;
}

/** What a key is, at a moment in milliseconds. */
export function stateOf({ revoked, expires }: ApiKey, now = Date.now()): 'good' | 'revoked' | 'expired' {
  if (revoked !== undefined) return 'revoked';
  return expires !== undefined && Date.parse(expires) <= now ? 'expired' : 'good';
}

/** The grant that the engine takes for the scopes of a key. */
export function grantOf({ scopes: { read, write, admin } }: ApiKey): string {
  return JSON.stringify({ read, write, admin });
}

/** Reads keys as a file holds them; fails on anything that is not what was written. */
export function readKeys(text: string, file: string): ApiKey[] {
  try {
    const { format, keys } = JSON.parse(text) as { format: unknown; keys: unknown };
    if (format === 1 && Array.isArray(keys) && keys.every(isKey)) return keys;
  } catch {
    // Told below, with what JSON has no words for.
  }
  throw failure('corrupt', `The file of API keys '${file}' does not hold what was written into it.`, {
    hints: [{ text: 'Restore it from a backup, or move it away and make new keys' }],
    facts: { file },
  });
}

/** The text of the file of keys. */
export function writeKeys(keys: readonly ApiKey[]): string {
  return `${JSON.stringify({ format: 1, keys }, null, 2)}\n`;
}

function isKey(one: unknown): one is ApiKey {
  const { id, name, hash, scopes, created, expires, revoked } = (one ?? {}) as Partial<Record<keyof ApiKey, unknown>>;
  const { read, write, admin } = (scopes ?? {}) as Partial<Record<keyof Scopes, unknown>>;
  return (
    isText(id) &&
    isText(name) &&
    isText(hash) &&
    /^[0-9a-f]{64}$/.test(hash) &&
    areTexts(read) &&
    areTexts(write) &&
    typeof admin === 'boolean' &&
    isTime(created) &&
    (expires === undefined || isTime(expires)) &&
    (revoked === undefined || isTime(revoked))
  );
}

function isText(one: unknown): one is string {
  return typeof one === 'string';
}

function areTexts(one: unknown): boolean {
  return Array.isArray(one) && one.every(isText);
}

function isTime(one: unknown): boolean {
  return isText(one) && !Number.isNaN(Date.parse(one));
}
