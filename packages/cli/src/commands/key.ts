import type { ApiKey, KeyFile, Scopes } from '@koru-delta/server/keys';
import type { Command } from 'commander';
import type { Definition } from '../catalogue.js';
import { withExamples } from '../command.js';
import type { Context } from '../context.js';
import { usage } from '../failure.js';
import { keyFileOf } from '../key-place.js';
import { nearWords } from '../nearness.js';
import { table } from '../table.js';
import { visible } from '../visible.js';

interface KeyOptions {
  keys?: string;
  read?: string[];
  write?: string[];
  admin?: boolean;
  expires?: string;
}

const words = ['create', 'list', 'revoke'] as const;

export const defineKey: Definition = (command, context) => {
  command
    .argument('<create|list|revoke>', 'what to do')
    .argument('[name or id]', 'the name of a new key, or the id of the one to revoke')
    .option(
      '--read <pattern>',
      'namespaces that it may read, such as users or logs-*; may be given more than once',
      gathered,
    )
    .option('--write <pattern>', 'namespaces that it may write', gathered)
    .option('--admin', 'let it do what touches the whole database')
    .option('--expires <when>', 'when it ends: 90d, 12h or a time such as 2027-01-31T00:00:00Z')
    .option('--keys <file>', 'the file of API keys (default: beside the folder of the database)')
    .action(async (word: string, name: string | undefined, options: KeyOptions) => {
      const file = await fileOf(context, options);
      if (word === 'create') await create(context, file, name, options);
      else if (word === 'list') await list(context, file);
      else if (word === 'revoke') await revoke(context, file, name);
      else
        throw usage(`kdelta key takes ${words.join(', ')}, not '${word}'.`, {
          suggestions: nearWords(word, [...words]),
        });
    });
  withExplanation(command);
};

function withExplanation(command: Command): void {
  command.addHelpText(
    'after',
    [
      '',
      'A server whose database has keys wants one with each request, from the first key on, and sees a',
      'change within a second. A key is shown once: its file holds a hash. One that is made without',
      '--read, --write and --admin may read everything.',
    ].join('\n'),
  );
  withExamples(command, [
    ['kdelta key create reports', 'a key that may read everything'],
    ["kdelta key create app --read '*' --write users --write 'logs-*' --expires 90d", 'one that may also write some'],
    ['kdelta key list', 'the keys that there are'],
    ['kdelta key revoke 4fTz9QmB2xKd', 'end one'],
  ]);
}

async function fileOf(context: Context, { keys }: KeyOptions): Promise<KeyFile> {
  const file = await keyFileOf(context.place(), keys);
  if (!file)
    throw usage('A database in memory has no file of keys beside it.', {
      hints: [{ text: 'Name one', command: 'kdelta key list --keys ./keys.json' }],
    });
  return file;
}

async function create(context: Context, file: KeyFile, name: string | undefined, options: KeyOptions): Promise<void> {
  if (name === undefined || name === '' || name.length > 128)
    throw usage('A key needs a name of up to 128 characters, by which people know it.', {
      hints: [{ text: 'An example', command: 'kdelta key create reports' }],
    });
  const { text, key } = await file.create({
    name,
    scopes: scopesOf(options),
    ...(options.expires !== undefined && { expires: endOf(options.expires) }),
  });
  const { output } = context;
  if (output.json) {
    await output.line(JSON.stringify({ key: text, ...shown(key) }));
    return;
  }
  await output.line(text);
  output.note(
    `\nThis is the only time that it is shown. It is called '${visible(name)}' and may ${mayDo(key.scopes)}.`,
  );
  context.suggest({ text: 'To end it', command: `kdelta key revoke ${key.id}` });
}

async function list({ output }: Context, file: KeyFile): Promise<void> {
  const keys = (await file.read()) ?? [];
  if (output.json) {
    await output.lines(keys.map((key) => JSON.stringify(shown(key))));
  } else if (keys.length === 0) {
    output.note('There are no keys.');
  } else {
    const { stateOf } = await import('@koru-delta/server/keys');
    const rows = keys.map((key) => [
      key.id,
      visible(key.name),
      stateOf(key),
      key.expires ?? '',
      visible(mayDo(key.scopes)),
    ]);
    const cells = [['ID', 'NAME', 'STATE', 'EXPIRES', 'MAY'], ...rows].map((row) => row.map((text) => ({ text })));
    await output.lines(table(cells, output.width));
  }
}

async function revoke({ output }: Context, file: KeyFile, id: string | undefined): Promise<void> {
  if (id === undefined)
    throw usage('The id of the key is missing.', { hints: [{ text: 'To see the ids', command: 'kdelta key list' }] });
  const key = await file.revoke(id);
  if (output.json) await output.line(JSON.stringify(shown(key)));
  else output.note(`The key '${visible(key.name)}' (${key.id}) is revoked.`);
}

/** A key as it may be shown: without the hash of its secret. */
function shown({ hash: _, ...key }: ApiKey): Omit<ApiKey, 'hash'> {
  return key;
}

/** A key of which nothing is said may read. */
function scopesOf({ read = [], write = [], admin = false }: KeyOptions): Scopes {
  const says = read.length + write.length > 0 || admin;
  return { read: says ? read : ['*'], write, admin };
}

function mayDo({ read, write, admin }: Scopes): string {
  const parts = [
    ...(read.length > 0 ? [`read ${read.join(' ')}`] : []),
    ...(write.length > 0 ? [`write ${write.join(' ')}`] : []),
    ...(admin ? ['admin'] : []),
  ];
  return parts.join(', ');
}

const unitsMs: Record<string, number> = { d: 86_400_000, h: 3_600_000, m: 60_000 };

/** Reads when a key ends. */
function endOf(text: string): Date {
  const [, number, unit] = /^(\d{1,6})([dhm])$/.exec(text) ?? [];
  const end = unit ? Date.now() + Number(number) * (unitsMs[unit] ?? 0) : timeOf(text);
  if (!(end > Date.now()) || end > 8.64e15)
    throw usage(`--expires takes a time to come, such as 90d, 12h or 2027-01-31T00:00:00Z, not '${text}'.`);
  return new Date(end);
}

function timeOf(text: string): number {
  return /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN;
}

function gathered(text: string, before: string[] = []): string[] {
  return [...before, text];
}
