import type { CommandLine } from './command-line.js';
import type { Hint } from './failure.js';
import { shellWord } from './shell-word.js';

/** The file of a batch as the user named it, and the namespace of its lines, if one was given. */
interface LineFile {
  file: string;
  packed: boolean;
  namespace?: string;
}

/** What a file probably is that is not made of a batch's lines, as the refusal of its first line shows. */
export function lineAdvice(detail: string, source: LineFile, line: CommandLine): Hint[] {
  const member = /unknown field `([^`]+)`/.exec(detail)?.[1];
  if (member === 'korudelta') {
    return [{ text: 'This is an export, which is read by import', command: `kdelta import ${operand(source.file)}` }];
  }
  if (member !== undefined || detail.includes('missing field `key`')) {
    const given = source.namespace !== undefined;
    const words = [...(given ? [] : ['--namespace', 'users']), '--key-field', member ?? 'id'];
    const missing = given ? 'the member' : 'a namespace and the member';
    return [
      { text: `If each line is a plain document, name ${missing} that is its key`, command: line.plus(...words) },
    ];
  }
  const isArray = detail.includes('an array');
  if (!isArray && !detail.includes('EOF while parsing')) return [];
  const rest = line.setting('--file', '-');
  return [
    {
      text: 'Each line must be a JSON document of its own, which jq can make of a file',
      command: `${through(source, `jq -c ${isArray ? "'.[]'" : '.'}`)} | ${rest}`,
    },
  ];
}

/** A program that reads the plain text of a file. */
function through({ file, packed }: LineFile, program: string): string {
  if (!packed) return `${program} ${operand(file)}`;
  // By name gzip unpacks only what is named as packed.
  return `gzip -dc ${/\.t?gz$/.test(file) ? '' : '< '}${operand(file)} | ${program}`;
}

/** The name of a file as a word that no program takes for an option. */
function operand(file: string): string {
  return shellWord(file.startsWith('-') ? `./${file}` : file);
}
