import type { Command } from 'commander';
import type { Context } from './context.js';

/** Gives a command its arguments, options, examples and work. */
export type Definition = (command: Command, context: Context) => void;

/** A command as the overview and the completion know it, without reading its file. */
export interface Entry {
  name: string;
  group: string;
  summary: string;
  /** Whether it opens a folder itself and can be of no use with a server. */
  local: boolean;
  load(): Promise<Definition>;
}

const reading = 'Read';
const writing = 'Write';
const whole = 'Whole database';
const serving = 'Serve';
const other = 'Other';

/** Every command, in the order of the overview. */
export const catalogue: Entry[] = [
  entry('set', writing, 'write a value', async () => (await import('./commands/set.js')).defineSet),
  entry(
    'delete',
    writing,
    'delete a key; its history stays',
    async () => (await import('./commands/delete.js')).defineDelete,
  ),
  entry(
    'revert',
    writing,
    'bring back what was there before',
    async () => (await import('./commands/revert.js')).defineRevert,
  ),
  entry(
    'batch',
    writing,
    'write many values from a file, all or none',
    async () => (await import('./commands/batch.js')).defineBatch,
  ),
  entry(
    'get',
    reading,
    'print a value, now or at any moment',
    async () => (await import('./commands/get.js')).defineGet,
  ),
  entry(
    'list',
    reading,
    'list namespaces, or the keys of one',
    async () => (await import('./commands/list.js')).defineList,
  ),
  entry('log', reading, 'show the history of a key', async () => (await import('./commands/log.js')).defineLog),
  entry(
    'diff',
    reading,
    'show what changed between two moments',
    async () => (await import('./commands/diff.js')).defineDiff,
  ),
  entry(
    'changes',
    reading,
    'show all changes in their order, and follow new ones',
    async () => (await import('./commands/changes.js')).defineChanges,
  ),
  entry(
    'watch',
    reading,
    'show changes from now on, as they happen',
    async () => (await import('./commands/watch.js')).defineWatch,
  ),
  entry(
    'export',
    whole,
    'write all versions to a file',
    async () => (await import('./commands/export.js')).defineExport,
  ),
  entry('import', whole, 'read what export wrote', async () => (await import('./commands/import.js')).defineImport),
  entry(
    'status',
    whole,
    'show size, counts and place',
    async () => (await import('./commands/status.js')).defineStatus,
  ),
  entry(
    'verify',
    whole,
    'check every file for damage',
    async () => (await import('./commands/verify.js')).defineVerify,
  ),
  entry(
    'start',
    serving,
    'serve the database over HTTP',
    async () => (await import('./commands/start.js')).defineStart,
  ),
  entry(
    'key',
    serving,
    'make, list and revoke the API keys of a server',
    async () => (await import('./commands/key.js')).defineKey,
  ),
  entry(
    'bridge',
    serving,
    'carry the database to another language',
    async () => (await import('./commands/bridge.js')).defineBridge,
  ),
  entry(
    'completion',
    other,
    'print the completion script of a shell',
    async () => (await import('./commands/completion.js')).defineCompletion,
  ),
  entry('help', other, 'show help on a command', async () => (await import('./commands/help.js')).defineHelp),
];

function entry(name: string, group: string, summary: string, load: () => Promise<Definition>): Entry {
  return { name, group, summary, local: group === serving, load };
}

/** The entry of that name. */
export function find(name: string): Entry | undefined {
  return catalogue.find((entry) => entry.name === name);
}
