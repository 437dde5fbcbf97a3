import { type Command, Option } from 'commander';

/** The options of a write that say who, why, and only if. */
export interface WriteOptions {
  ifVersion?: string;
  actor?: string;
  reason?: string;
}

/** Adds `--actor` and `--reason`, which every write takes. */
export function withAnnotation(command: Command): Command {
  return command
    .addOption(new Option('--actor <name>', 'who writes, kept with the version').env('KDELTA_ACTOR'))
    .option('--reason <text>', 'why, kept with the version');
}

/** Adds `--if-version`. */
export function withGuard(command: Command): Command {
  return command.option(
    '--if-version <version>',
    "write only if this is the newest version; 'none' if there must be none",
  );
}

/** Those options as the engine takes them. */
export function writeParams({ ifVersion, actor, reason }: WriteOptions): Record<string, unknown> {
  return {
    ...(ifVersion !== undefined && { ifVersion: ifVersion === 'none' ? null : ifVersion }),
    ...(actor !== undefined && { actor }),
    ...(reason !== undefined && { reason }),
  };
}
