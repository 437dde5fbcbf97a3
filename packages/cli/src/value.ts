import { type Address, spoken } from './address.js';
import { type Failure, failure } from './failure.js';
import type { Interrupt } from './interrupt.js';
import { repaired } from './quotation.js';
import { shellWord } from './shell-word.js';
import { readWhole } from './source.js';

/** The most bytes that are read as one value. The engine's limit is lower; white space, which it drops, may fill the rest. */
const mostBytes = 64 << 20;

/**
 * The exact JSON text of a value: given on the command line, on stdin for `-`, or in a file for `@FILE`. It is one JSON
 * value by the grammar; the engine has the last word on duplicate members, depth and size.
 */
export async function readValue(argument: string, address: Address, interrupt: Interrupt): Promise<string> {
  if (argument === '-' || argument.startsWith('@')) {
    const name = argument === '-' ? '-' : argument.slice(1);
    const text = decode(await readWhole(name, mostBytes, interrupt.signal), name === '-' ? 'stdin' : name);
    return checked(text, address, false);
  }
  if (argument.includes('\ufffd')) throw replaced(address);
  return checked(argument, address, true);
}

function checked(text: string, address: Address, onCommandLine: boolean): string {
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw failure('invalid_json', 2, `The value is not JSON: ${why}.`, {
      hints: onCommandLine ? hints(text, address) : [],
    });
  }
}

/** A bare word was probably meant as a string, and an object without quotation marks lost them to the shell. */
function hints(text: string, address: Address) {
  const set = (value: string) => `kdelta set ${shellWord(spoken(address))} ${shellWord(value)}`;
  if (/^\s*[[{]/.test(text)) {
    return [
      {
        text: 'JSON wants double quotation marks, and the shell single ones around it, as in',
        command: set(repaired(text) ?? '{"name": "Alice"}'),
      },
    ];
  }
  if (text.trim() === '') return [{ text: 'To read the value from stdin', command: set('-') }];
  return [{ text: 'To store this as text', command: set(JSON.stringify(text)) }];
}

/** By the time an argument arrives here, bytes that are not UTF-8 have become U+FFFD, so the value would not be the one typed. */
function replaced(address: Address): Failure {
  return failure('invalid_json', 2, 'The value holds U+FFFD, the mark of bytes that are not UTF-8.', {
    hints: [
      {
        text: 'If the mark itself is meant, give the value on stdin',
        command: `kdelta set ${shellWord(spoken(address))} -`,
      },
    ],
  });
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw failure('invalid_json', 2, `The value is not JSON: ${name} is not valid UTF-8.`);
  }
}
