import type { Command } from 'commander';
import type { CommandLine } from './command-line.js';
import type { Database, Verified } from './database.js';
import { drawHint } from './drawing.js';
import type { Hint } from './failure.js';
import type { Interrupt } from './interrupt.js';
import type { Output } from './output.js';
import { type Place, type PlaceOptions, placeOf, type ServerOptions } from './place.js';
import { type EngineKey, fetchKey } from './seal-key.js';
import { type Server, serverOf } from './server.js';
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

  /** Which folder is meant, where {@link server} is none. Known once the options are read. */
  place(): Place {
    return placeOf(this.#options);
  }

  /** Which server is meant, if one is. */
  server(): Server | undefined {
    return serverOf(this.#options);
  }

  get #options(): PlaceOptions & ServerOptions {
    return this.command.opts<PlaceOptions & ServerOptions>();
  }

  /** Shows the person what could come next. */
  suggest(hint: Hint): void {
    const shown = placed(hint, { line: this.line, options: this.#options });
    this.output.note(`\n${drawHint(shown, this.output.err)}`);
  }

  /** The key of the database, where it has one; the person is asked for it once. */
  key(readOnly: boolean): Promise<EngineKey | undefined> {
    this.#key ??= fetchKey(this.place(), readOnly, this.interrupt);
    return this.#key;
  }

  /** The report of `verify`, of a database that may not open. */
  async verified(): Promise<Verified> {
    if (this.server() === undefined) {
      const { Database } = await import('./database.js');
      return Database.verify(this.place(), await this.key(true));
    }
    let report = '';
    await this.reading(async (database) => {
      report = await database.call('verify', {});
    });
    return { report };
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
    const server = this.server();
    const database = server
      ? await Database.connect(server, readOnly, this.interrupt)
      : await Database.open(this.place(), await this.key(readOnly), readOnly, this.interrupt);
    try {
      await work(database);
    } finally {
      await database.close();
    }
  }
}
