import { Command } from 'commander';
import type { Entry } from './catalogue.js';
import type { OptionKind } from './command-line.js';
import type { Context } from './context.js';

/** The options that every command takes, before its name or after it. */
const everywhere: [flags: string, text: string][] = [
  ['--db <path>', 'the folder of the database (default: KDELTA_DB, else ./.kdelta)'],
  ['--url <url>', 'the server of the database, in the place of a folder (or KDELTA_URL)'],
  ['--api-key-file <file>', 'the file with the API key of that server (or KDELTA_API_KEY)'],
  ['--memory', 'work on an empty database in memory'],
  ['--key-file <file>', 'the key of a sealed database (or KDELTA_KEY_FILE, KDELTA_KEY)'],
  ['--passphrase', 'the passphrase of a sealed database (KDELTA_PASSPHRASE, else asked for)'],
  ['--json', 'print JSON, for programs'],
];

/** Those of them that lead to a server, which is no place for what serves a folder. */
const elsewhere = ['--url', '--api-key-file'];

/** The names of those options. */
export const optionsEverywhere = everywhere.map(([flags]) => flags.split(' ')[0] ?? flags);

/** Those of them that are followed by a value. */
export const optionsWithValue = everywhere
  .map(([flags]) => flags.split(' '))
  .flatMap(([name, value]) => (name && value ? [name] : []));

/** Builds the command an entry of the catalogue describes. */
export async function buildCommand(entry: Entry, context: (command: Command) => Context): Promise<Command> {
  const command = new Command(`kdelta ${entry.name}`)
    .description(`${entry.summary[0]?.toUpperCase()}${entry.summary.slice(1)}.`)
    .helpOption('-h, --help', 'show this help')
    .showSuggestionAfterError(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  const define = await entry.load();
  define(command, context(command));
  command.optionsGroup('Options of every command:');
  for (const [flags, text] of everywhere) {
    if (!entry.local || !elsewhere.some((flag) => flags.startsWith(`${flag} `))) command.option(flags, text);
  }
  return command;
}

/** What a command says of a word that may be one of its options. */
export function optionKind(command: Command | undefined): OptionKind {
  return (word) => {
    const option = command?.options.find(({ long, short }) => word === long || word === short);
    return option && (option.required ? 'valued' : 'flag');
  };
}

/** Examples at the end of the help. Each is a line as it can be typed, with a word on what it does. */
export function withExamples(command: Command, examples: [line: string, does: string][]): Command {
  const lines = examples.map(([line, does]) => `  # ${does}\n  ${line}`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n\n')}`);
}
