import { hasUnsafe, unsafe } from './visible.js';

/** A word that a shell takes as it stands. */
export function shellWord(word: string): string {
  if (/^[A-Za-z0-9_\-./:@%+=,]+$/.test(word)) return word;
  if (hasUnsafe(word)) return `$'${word.replace(/['\\]/g, String.raw`\$&`).replace(unsafe, bytes)}'`;
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** A command that others have quoted, with what could act on the terminal spelled as the shell reads it. */
export function safeCommand(command: string): string {
  if (!hasUnsafe(command)) return command;
  return command.replace(/(?:[^\s'\\]|\\.|'[^']*')+/gsu, (word) => (hasUnsafe(word) ? shellWord(read(word)) : word));
}

/** What a shell makes of a word of single quotation marks and backslashes. */
function read(word: string): string {
  return word.replace(/'([^']*)'|\\(.)/gs, (_, quoted?: string, escaped?: string) => quoted ?? escaped ?? '');
}

/** Bytes of three octal digits mean the same to every shell that knows these quotation marks, whatever follows them. */
function bytes(character: string): string {
  return [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}
