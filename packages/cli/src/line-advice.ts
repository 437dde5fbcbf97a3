import type { CommandLine } from './command-line.js';
import type { Hint } from './failure.js';
import { shellWord } from './shell-word.js';

/** What a file probably is that is not made of a batch's lines, as the refusal of its first line shows. */
export function lineAdvice(detail: string, file: string, line: CommandLine): Hint[] {
  const member = /unknown field `([^`]+)`/.exec(detail)?.[1];
  const name = shellWord(file);
  if (member === 'korudelta') {
    return [{ text: 'This is an export, which is read by import', command: `kdelta import ${name}` }];
  }
  if (member !== undefined || detail.includes('missing field `key`')) {
    const words = ['--namespace', 'users', '--key-field', member ?? 'id'];
    return [
      {
        text: 'If each line is a plain document, name a namespace and the member that is its key',
        command: line.plus(...words),
      },
    ];
  }
  const isArray = detail.includes('an array');
  if (!isArray && !detail.includes('EOF while parsing')) return [];
  return [
    {
      text: 'Each line must be a JSON document of its own, which jq can make of a file',
      command: `jq -c ${isArray ? "'.[]'" : '.'} ${name} | ${line.replacing(file, '-')}`,
    },
  ];
}
