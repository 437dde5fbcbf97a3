import type { CommandLine } from './command-line.js';
import { usage } from './failure.js';
import { shellWord } from './shell-word.js';

/** Where a value lives. */
export interface Address {
  namespace: string;
  key: string;
}

/**
 * Reads NAMESPACE/KEY; the first slash divides, so the key may hold more of them. Which names are allowed is the engine's
 * to say.
 */
export function readAddress(text: string, line: CommandLine): Address {
  const slash = text.indexOf('/');
  if (slash === -1) {
    throw usage(`'${text}' names no key. An address is NAMESPACE/KEY.`, {
      hints: [
        { text: 'An example', command: line.replacing(text, 'users/alice') },
        ...(text === '' ? [] : [{ text: `To see the keys in '${text}'`, command: `kdelta list ${shellWord(text)}` }]),
      ],
    });
  }
  return { namespace: text.slice(0, slash), key: text.slice(slash + 1) };
}

/** Reads a namespace. A slash at its end, as completion leaves behind an address, does no harm. */
export function readNamespace(text: string): string {
  return text.endsWith('/') ? text.slice(0, -1) : text;
}

/** An address as people write it. */
export function spoken({ namespace, key }: Address): string {
  return `${namespace}/${key}`;
}
