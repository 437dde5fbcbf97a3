import { readFile } from 'node:fs/promises';
import { env } from 'node:process';
import { failure } from './errors.js';

/**
 * What opens a sealed database, and seals a new one: a key of 32 bytes as hexadecimal or base64 text, a file or an environment
 * variable that holds one, or a passphrase that the key is made from.
 */
export type SealKey = { text: string } | { file: string } | { env: string } | { passphrase: string };

/** A key as the engine takes it, which itself reads no files and no environment. */
export type EngineKey = { text: string } | { fileContent: string } | { passphrase: string };

/** Fetches a key from where it lies. */
export async function fetchKey(key: SealKey): Promise<EngineKey> {
  if ('file' in key) return { fileContent: await contentOf(key.file) };
  if ('env' in key) return { text: variable(key.env) };
  return key;
}

async function contentOf(file: string): Promise<string> {
  try {
    return (await readFile(file)).toString('hex');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw failure('invalid_seal_key', `The key file cannot be read: ${reason}.`, { cause, facts: { file } });
  }
}

function variable(name: string): string {
  const text = env[name];
  if (text) return text;
  throw failure('invalid_seal_key', `The environment variable ${name}, which should hold the key, is not set.`);
}
