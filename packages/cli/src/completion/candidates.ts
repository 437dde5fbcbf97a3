import type { Command, Option } from 'commander';
import { catalogue, find } from '../catalogue.js';
import { buildCommand, optionKind, optionsEverywhere, optionsWithValue } from '../command.js';
import { CommandLine } from '../command-line.js';
import { topics } from '../commands/help.js';
import { Context } from '../context.js';
import type { Database } from '../database.js';
import { dispatch } from '../dispatch.js';
import type { Interrupt } from '../interrupt.js';
import { elements, members } from '../json-text.js';
import type { Output } from '../output.js';
import { readRecord } from '../record.js';

/** A word that could stand under the cursor, and what it is. */
export interface Candidate {
  text: string;
  about?: string;
}

/** Asks the shell for the names of files. */
const files: Candidate[] = [{ text: ':files' }];
const mostKeys = 200;
const mostVersions = 20;

/** What could stand in place of the current word, behind the words before it. */
export async function candidates(
  before: string[],
  current: string,
  output: Output,
  interrupt: Interrupt,
): Promise<Candidate[]> {
  if (before.at(-1) === '--url') return [];
  if (optionsWithValue.includes(before.at(-1) ?? '')) return files;
  const { name, args } = dispatch(before);
  if (name === undefined) return matching(current.startsWith('-') ? beforeCommand() : commands(), current);
  const entry = find(name);
  if (!entry) return [];
  const contextOf = (built: Command) =>
    new Context(built, new CommandLine(before, optionKind(built)), output, interrupt);
  const command = await buildCommand(entry, contextOf);
  const last = args.at(-1);
  const awaiting =
    last === undefined
      ? undefined
      : command.options.find(({ required, long, short }) => required && (last === long || last === short));
  const { operands } = command.parseOptions(awaiting ? args.slice(0, -1) : args);
  const context = contextOf(command);
  if (awaiting) return optionValues(awaiting, operands, current, context);
  if (current.startsWith('-')) return matching(flags(command), current);
  const argument = command.registeredArguments[operands.length];
  if (argument?.argChoices)
    return matching(
      argument.argChoices.map((text) => ({ text })),
      current,
    );
  return operandValues(argument?.name(), current, name, context);
}

function matching(all: Candidate[], current: string): Candidate[] {
  return all.filter(({ text }) => text.startsWith(current));
}

function commands(): Candidate[] {
  return catalogue.map(({ name, summary }) => ({ text: name, about: summary }));
}

function beforeCommand(): Candidate[] {
  return ['--help', '--version', ...optionsEverywhere].map((text) => ({ text }));
}

function flags(command: Command): Candidate[] {
  const own = command.options.map(({ long, description }) => ({ text: long ?? '', about: description }));
  return [...own, { text: '--help', about: 'show this help' }];
}

async function operandValues(
  kind: string | undefined,
  current: string,
  command: string,
  context: Context,
): Promise<Candidate[]> {
  switch (kind) {
    case 'address':
      return current.includes('/') ? addresses(current, context) : namespaces(current, context, '/');
    case 'namespace':
      return namespaces(current, context, '');
    case 'file':
      return files;
    case 'command':
      return matching([...commands(), ...topics.map((text) => ({ text }))], current);
    default:
      // The JSON of `set` may be a file.
      return command === 'set' && current.startsWith('@') ? files : [];
  }
}

/** What an option takes stands in its flags: `--from <moment>`, `--from <key>`. */
async function optionValues(
  option: Option,
  operands: string[],
  current: string,
  context: Context,
): Promise<Candidate[]> {
  const [target = ''] = operands;
  switch (/<(\w+)>/.exec(option.flags)?.[1]) {
    case 'file':
      return files;
    case 'namespace':
      return namespaces(current, context, '');
    case 'key':
      return (await addresses(`${target}/${current}`, context)).map(({ text }) => ({
        text: text.slice(target.length + 1),
      }));
    case 'moment':
      return matching([...relative, ...(await versions(target, context))], current);
    case 'version':
      return matching(
        [{ text: 'none', about: 'only if there is none' }, ...(await versions(target, context))],
        current,
      );
    case 'format':
      return matching(
        (option.argChoices ?? []).map((text) => ({ text })),
        current,
      );
    default:
      return [];
  }
}

const relative: Candidate[] = [
  { text: '-10m', about: 'ten minutes ago' },
  { text: '-1h', about: 'an hour ago' },
  { text: '-1d', about: 'a day ago' },
  { text: 'now' },
];

async function namespaces(current: string, context: Context, after: string): Promise<Candidate[]> {
  const rows = await read(context, async (database) =>
    members(await database.call('namespaces', {})).get('namespaces'),
  );
  const names = rows.map((row) => (JSON.parse(row) as { name: string }).name);
  return matching(
    names.map((name) => ({ text: name + after })),
    current,
  );
}

async function addresses(current: string, context: Context): Promise<Candidate[]> {
  const slash = current.indexOf('/');
  const params = {
    namespace: current.slice(0, slash),
    prefix: current.slice(slash + 1),
    values: false,
    limit: mostKeys,
  };
  const rows = await read(context, async (database) => members(await database.call('list', params)).get('items'));
  return rows.map(readRecord).map(({ namespace, key }) => ({ text: `${namespace}/${key}` }));
}

async function versions(address: string, context: Context): Promise<Candidate[]> {
  const slash = address.indexOf('/');
  if (slash === -1) return [];
  const params = {
    namespace: address.slice(0, slash),
    key: address.slice(slash + 1),
    values: false,
    limit: mostVersions,
  };
  const rows = await read(context, async (database) => members(await database.call('history', params)).get('versions'));
  return rows.map(readRecord).map(({ version, timestamp }) => ({ text: version, about: timestamp }));
}

/** Nobody is asked for a passphrase in the middle of a line. */
async function read(context: Context, work: (database: Database) => Promise<string | undefined>): Promise<string[]> {
  if (context.place().key === 'ask') return [];
  let rows: string[] = [];
  await context.reading(async (database) => {
    rows = elements((await work(database)) ?? '[]');
  });
  return rows;
}
