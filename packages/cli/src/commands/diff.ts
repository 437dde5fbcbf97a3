import { readAddress, readNamespace, spoken } from '../address.js';
import type { Definition } from '../catalogue.js';
import { withExamples } from '../command.js';
import type { Context } from '../context.js';
import type { Database } from '../database.js';
import { usage } from '../failure.js';
import { members } from '../json-text.js';
import { momentForms, reached } from '../moment.js';
import { patchLines } from '../patch.js';
import { shellWord } from '../shell-word.js';
import { visible } from '../visible.js';

interface DiffOptions {
  from?: string;
  to?: string;
  prefix?: string;
}

export const defineDiff: Definition = (command, context) => {
  command
    .argument('<address>', 'NAMESPACE/KEY, or NAMESPACE for all its keys')
    .option('--from <moment>', `the earlier moment; for a key, before its last change if left out: ${momentForms}`)
    .option('--to <moment>', 'the later moment (default: now)')
    .option('--prefix <text>', 'of a namespace, only keys that begin with this')
    .action(async (text: string, options: DiffOptions) => {
      const slash = text.indexOf('/');
      if (slash === -1 || slash === text.length - 1) await diffNamespace(context, readNamespace(text), options);
      else await diffKey(context, text, options);
    });
  withExamples(command, [
    ['kdelta diff users/alice', 'the last change'],
    ['kdelta diff users/alice --from -1d', 'what a day changed'],
    ['kdelta diff users --from 2026-01-01 --to 2026-02-01', 'every key that a month changed'],
    ['kdelta diff users/alice --json', 'the change as a JSON Patch'],
  ]);
};

async function diffKey(context: Context, text: string, { from, to, prefix }: DiffOptions): Promise<void> {
  if (prefix !== undefined) throw usage('--prefix chooses among the keys of a namespace, and this is one key.');
  const { output } = context;
  const address = readAddress(text, context.line);
  await context.reading(async (database) => {
    const result = await database.call('diff', {
      ...address,
      ...(from !== undefined && { from: await reached(context, database, from) }),
      ...(to !== undefined && { to: await reached(context, database, to) }),
    });
    if (output.json) return output.line(result);
    const found = members(result);
    const lines = draw(context, found.get('patch') ?? '[]', found.get('before'));
    if (lines.length === 0) return output.note('There is no difference.');
    await output.lines([output.out.bold(visible(spoken(address))), ...lines]);
  });
}

async function diffNamespace(context: Context, namespace: string, { from, to, prefix }: DiffOptions): Promise<void> {
  if (from === undefined) {
    throw usage('--from is missing: for a whole namespace, say since when.', {
      hints: [{ text: 'To see what a day changed', command: `kdelta diff ${shellWord(namespace)} --from -1d` }],
    });
  }
  const { output } = context;
  await context.reading(async (database) => {
    const params = {
      namespace,
      from: await reached(context, database, from),
      ...(to !== undefined && { to: await reached(context, database, to) }),
      ...(prefix !== undefined && { prefix }),
    };
    let none = true;
    for await (const page of database.pages('diffNamespace', params, 'changes')) {
      none = false;
      if (output.json) await output.lines(page);
      else for (const change of page) await output.lines(await drawChange(context, database, namespace, change));
    }
    if (!none) return;
    await database.requireKeys(namespace);
    output.note('There is no difference.');
  });
}

async function drawChange(context: Context, database: Database, namespace: string, text: string): Promise<string[]> {
  const { out } = context.output;
  const change = members(text);
  const key = JSON.parse(change.get('key') ?? '""') as string;
  const from = JSON.parse(change.get('from') ?? 'null') as string | null;
  const before = from === null ? undefined : (await database.record('get', { namespace, key, at: from })).value;
  const kind = JSON.parse(change.get('change') ?? '""') as string;
  const head = `${out.bold(visible(spoken({ namespace, key })))} ${out.dim(kind)}`;
  return [head, ...draw(context, change.get('patch') ?? '[]', before)];
}

function draw({ output: { out } }: Context, patch: string, before: string | undefined): string[] {
  return patchLines(patch, before).map(({ sign, path, text }) => {
    const line = `${sign} ${path === '' ? '' : `${visible(path)}  `}${visible(text)}`;
    return sign === '-' ? out.red(line) : out.green(line);
  });
}
