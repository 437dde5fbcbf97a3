import { failure } from './errors.js';

/**
 * Refuses names that would change on their way to the engine: other types than strings, and lone surrogates, which UTF-8
 * cannot carry. All other rules about names are the engine's.
 */
export function checkNames(namespace: unknown, key: unknown): void {
  checkNamespace(namespace);
  if (typeof key !== 'string') throw failure('invalid_key', `A key is a string, not ${typeName(key)}.`);
  if (!key.isWellFormed()) throw failure('invalid_key', 'A key cannot hold a lone surrogate.');
}

/** {@link checkNames} for a call without a key. */
export function checkNamespace(namespace: unknown): void {
  if (typeof namespace !== 'string') {
    throw failure('invalid_namespace', `A namespace is a string, not ${typeName(namespace)}.`);
  }
  if (!namespace.isWellFormed()) throw failure('invalid_namespace', 'A namespace cannot hold a lone surrogate.');
}

/** Refuses a text among the options that UTF-8 cannot carry. */
export function checkText(name: string, text: string | undefined): void {
  if (text === undefined) return;
  if (typeof text !== 'string') throw failure('invalid_params', `${name} is a string, not ${typeName(text)}.`);
  if (!text.isWellFormed()) throw failure('invalid_params', `${name} cannot hold a lone surrogate.`);
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : typeof value;
}
