import type { Command } from 'commander';

/** What every option that names a moment takes. */
export const momentForms = 'version, time such as 2026-01-31T09:00:00Z, date, -10m, or seq:123';

/** The moment to read at, as the engine takes it: left out for now. */
export function at(moment: string | undefined): { at?: string } {
  return moment === undefined ? {} : { at: moment };
}

/** Adds `--at`. */
export function withAt(command: Command): Command {
  return command.option('--at <moment>', `read as it was then: ${momentForms}`);
}
