import { optionsWithValue } from './command.js';

/** A command line taken apart: the command, and all that is not its name. */
export interface Dispatch {
  name: string | undefined;
  args: string[];
}

/** Finds the name of the command, which options that every command takes may precede: `kdelta --db data get users/alice`. */
export function dispatch(argv: string[]): Dispatch {
  let at = 0;
  while (at < argv.length && argv[at]?.startsWith('-')) at += optionsWithValue.includes(argv[at] ?? '') ? 2 : 1;
  return { name: argv[at], args: [...argv.slice(0, at), ...argv.slice(at + 1)] };
}

/** Whether the command line asks for JSON; a failure to read the rest of it is then JSON too. */
export function wantsJson(argv: string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? argv.length : end).includes('--json');
}
