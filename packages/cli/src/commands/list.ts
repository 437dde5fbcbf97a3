import { readNamespace, spoken } from '../address.js';
import type { Definition } from '../catalogue.js';
import { withExamples } from '../command.js';
import type { Context } from '../context.js';
import { type Failure, usage } from '../failure.js';
import { elements, members } from '../json-text.js';
import { at, withAt } from '../moment.js';
import { readRecord } from '../record.js';
import { shellWord } from '../shell-word.js';
import { counted } from '../size.js';
import { table } from '../table.js';
import { visible } from '../visible.js';
import { wholeNumber } from '../whole-number.js';

interface ListOptions {
  prefix?: string;
  from?: string;
  to?: string;
  reverse?: boolean;
  limit?: number;
  at?: string;
  keys?: boolean;
}

export const defineList: Definition = (command, context) => {
  command
    .argument('[namespace]', 'the namespace; without it, the namespaces are listed')
    .option('--prefix <text>', 'only keys that begin with this')
    .option('--from <key>', 'begin at this key')
    .option('--to <key>', 'end before this key')
    .option('--reverse', 'last key first')
    .option('--limit <n>', 'at most this many', wholeNumber('--limit'))
    .option('--keys', 'keys alone, without values')
    .action(async (text: string | undefined, options: ListOptions) => {
      if (text === undefined) await listNamespaces(context, options);
      else await listKeys(context, readNamespace(text), options);
    });
  withAt(command);
  withExamples(command, [
    ['kdelta list', 'all namespaces'],
    ['kdelta list users', 'the keys in a namespace'],
    ['kdelta list logs --prefix 2026-01 --reverse --limit 10', 'the last ten of a month'],
    ['kdelta list users --at 2026-01-31 --json', 'as it was then, for programs'],
  ]);
};

async function listNamespaces(context: Context, options: ListOptions): Promise<void> {
  const stray = (['prefix', 'from', 'to', 'reverse', 'limit', 'keys'] as const).find(
    (name) => options[name] !== undefined,
  );
  if (stray) {
    throw usage(`--${stray} needs a namespace whose keys it can choose from.`, {
      hints: [{ text: 'To see all namespaces', command: 'kdelta list' }],
    });
  }
  const { output } = context;
  await context.reading(async (database) => {
    const result = members(
      await database.call('namespaces', { counts: true, ...(await at(context, database, options.at)) }),
    );
    const rows = elements(result.get('namespaces') ?? '[]');
    if (output.json) {
      await output.lines(rows);
      return;
    }
    if (rows.length === 0) output.note('There is no namespace.');
    const lines = rows.map((row) => {
      const { name, keys } = JSON.parse(row) as { name: string; keys: number };
      return [{ text: visible(name), paint: output.out.cyan }, { text: counted(keys, 'key') }];
    });
    await output.lines(table(lines));
  });
}

async function listKeys(context: Context, namespace: string, options: ListOptions): Promise<void> {
  const { output } = context;
  const slash = namespace.indexOf('/');
  if (slash !== -1) throw keyInstead(namespace, slash);
  const { keys = false, limit, at: moment, ...chosen } = options;
  const params = { namespace, values: !keys, required: true };
  for (const name of ['prefix', 'from', 'to', 'reverse'] as const)
    Object.assign(params, chosen[name] !== undefined && { [name]: chosen[name] });
  await context.reading(async (database) => {
    Object.assign(params, await at(context, database, moment));
    for await (const page of database.pages('list', params, 'items', limit)) {
      await output.lines(output.json ? page : draw(page, context, keys));
    }
  });
}

function keyInstead(address: string, slash: number): Failure {
  const [namespace, key] = [address.slice(0, slash), address.slice(slash + 1)].map(shellWord);
  return usage(`'${address}' is a key, and list takes a namespace.`, {
    hints: [
      { text: 'To read the key', command: `kdelta get ${shellWord(address)}` },
      { text: 'To list the keys that begin with it', command: `kdelta list ${namespace} --prefix ${key}` },
    ],
  });
}

function draw(page: string[], { output }: Context, keysAlone: boolean): string[] {
  const rows = page.map(readRecord).map((record) => {
    const address = { text: visible(spoken(record)), paint: output.out.cyan };
    return keysAlone ? [address] : [address, { text: visible(record.value ?? '') }];
  });
  return keysAlone ? rows.map(([address]) => address?.text ?? '') : table(rows, output.width);
}
