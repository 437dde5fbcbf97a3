import type { Command } from 'commander';
import type { CommandLine } from './command-line.js';
import type { Database } from './database.js';
import { drawHint } from './drawing.js';
import type { Hint } from './failure.js';
import type { Interrupt } from './interrupt.js';
import type { Output } from './output.js';
import { type Place, type PlaceOptions, placeOf } from './place.js';
import { type EngineKey, fetchKey } from './seal-key.js';
import { placed } from './situation.js';

/** What a command works with. */
export class Context {
  /** Fetched once, since the person may have to be asked for it. */
  #key: Promise<EngineKey | undefined> | undefined;

  constructor(
    private readonly command: Command,
    readonly line: CommandLine,
    readonly output: Output,
    readonly interrupt: Interrupt,
  ) {}

  /** Which database is meant. Known once the options are read. */
  place(): Place {
    return placeOf(this.command.opts<PlaceOptions>());
  }

  /** Shows the person what could come next. */
  suggest(hint: Hint): void {
    const shown = placed(hint, { line: this.line, options: this.command.opts<PlaceOptions>() });
    this.output.note(`\n${drawHint(shown, this.output.err)}`);
  }

  /** The key of the database, where it has one; the person is asked for it once. */
  key(readOnly: boolean): Promise<EngineKey | undefined> {
    this.#key ??= fetchKey(this.place(), readOnly, this.interrupt);
    return this.#key;
  }

  /** Opens the database for reading, which creates nothing and disturbs no writer, and closes it after the work. */
  async reading(work: (database: Database) => Promise<void>): Promise<void> {
    await this.#opened(true, work);
  }

  /** Opens the database for writing, creating it where there is none, and closes it after the work. */
  async writing(work: (database: Database) => Promise<void>): Promise<void> {
    await this.#opened(false, work);
  }

  async #opened(readOnly: boolean, work: (database: Database) => Promise<void>): Promise<void> {
    const { Database } = await import('./database.js');
    const database = await Database.open(this.place(), await this.key(readOnly), readOnly, this.interrupt);
    try {
      await work(database);
    } finally {
      await database.close();
    }
  }
}
