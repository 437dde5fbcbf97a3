import type { Command, CommanderError } from 'commander';
import { catalogue } from './catalogue.js';
import type { CommandLine } from './command-line.js';
import { type Failure, type Hint, usage } from './failure.js';
import { nearCommands, nearWords } from './nearness.js';
import { repaired } from './quotation.js';
import { shellWord } from './shell-word.js';

/** There is no command of that name. */
export function unknownCommand(name: string, known = commands(), before = 'kdelta '): Failure {
  return usage(`'${name}' is not a command.`, {
    suggestions: nearCommands(name, known).map(({ text, why }) => ({ text: before + text, why })),
    hints: [{ text: 'To see all commands', command: 'kdelta help' }],
  });
}

/** An option before the name of a command that no command takes. */
export function unknownOption(flag: string, known: string[]): Failure {
  return usage(`'${flag}' is not an option.`, {
    suggestions: nearFlags(flag, known),
    hints: [{ text: 'To see all commands', command: 'kdelta help' }],
  });
}

/** The names of all commands. */
export function commands(): string[] {
  return catalogue.map(({ name }) => name);
}

/** Says in the words of this program what the parser refused. */
export function misuse(error: CommanderError, command: Command, line: CommandLine): Failure {
  const help: Hint = { text: 'To see how it is used', command: helpCommand(command) };
  const quoted = /'(.*)'/s.exec(error.message)?.[1] ?? '';
  switch (error.code) {
    case 'commander.unknownOption':
      return usage(`'${command.name()}' has no option '${quoted}'.`, {
        suggestions: nearFlags(quoted, flagsOf(command)),
        hints: [...asValue(quoted, command, line), help],
      });
    case 'commander.optionMissingArgument':
      return usage(`The option '${quoted}' needs a value.`, { hints: [help] });
    case 'commander.missingArgument':
      return usage(`'${command.name()}' needs ${missing(quoted, command)}.`, {
        hints: quoted === 'json' ? [{ text: 'An example', command: line.plus('{"name": "Alice"}') }, help] : [help],
      });
    case 'commander.excessArguments':
      return usage(`'${command.name()}' takes ${taken(command)}.`, {
        hints: [...quoting(command), ...asOption(command, '--output', line), help],
      });
    case 'commander.missingMandatoryOptionValue':
      return usage(`'${command.name()}' needs the option '${quoted}'.`, {
        hints: [...asOption(command, '--file', line), help],
      });
    default:
      return usage(error.message.replace(/^error: /, ''), { hints: [help] });
  }
}

/** A value that the shell took apart is put together again, where only one word can be what was taken apart. */
function quoting(command: Command): Hint[] {
  const [address = '', ...value] = command.args;
  if (command.name() !== 'kdelta set') return [];
  const text = value.join(' ');
  const meant = repaired(text) ?? (/^\s*[[{]/.test(text) ? '{"name": "Alice"}' : JSON.stringify(text));
  return [
    {
      text: 'A value with spaces or quotation marks is one word for the shell in single quotation marks, as in',
      command: `kdelta set ${shellWord(address)} ${shellWord(meant)}`,
    },
  ];
}

function helpCommand(command: Command): string {
  return command.name().replace('kdelta ', 'kdelta help ');
}

/** Every long and short flag a command takes. */
function flagsOf(command: Command): string[] {
  const own = command.options.flatMap(({ long, short }) => [long, short]).filter((flag) => flag != null);
  return [...own, '--help', '-h'];
}

function nearFlags(flag: string, known: string[]) {
  const name = flag.split('=')[0] ?? flag;
  return nearWords(
    name,
    known.filter((other) => other.startsWith('--')),
  );
}

/** A value such as -1E5 looks like an option. */
function asValue(flag: string, command: Command, line: CommandLine): Hint[] {
  if (flag.startsWith('--') || command.registeredArguments.length === 0) return [];
  const mended = line.asValue(flag);
  return mended === undefined ? [] : [{ text: 'If it is a value, put two dashes before it', command: mended }];
}

function missing(name: string, command: Command): string {
  const argument = command.registeredArguments.find((candidate) => candidate.name() === name);
  return argument?.description ? `${article(name)} ${name}: ${argument.description}` : `${article(name)} ${name}`;
}

function article(noun: string): string {
  return /^[aeiou]/i.test(noun) ? 'an' : 'a';
}

function taken({ registeredArguments, args }: Command): string {
  const most = registeredArguments.length;
  if (most === 0) return `no arguments, and '${args[0]}' is one`;
  return `${most === 1 ? 'one argument' : `${most} arguments`}, but there are ${args.length}`;
}

/** A file whose place was taken for granted. */
function asOption(command: Command, flag: string, line: CommandLine): Hint[] {
  const [word] = command.args;
  if (word === undefined || !command.options.some(({ long }) => long === flag)) return [];
  return [{ text: `If '${word}' is the file`, command: line.replacing(word, flag, word) }];
}
