import { KoruDelta } from 'koru-delta';
import { NAMESPACE } from '../client.js';
import type { Contender, Moment, Store } from '../contender.js';
import type { Row } from '../document.js';
import { HttpClient } from '../http-client.js';
import { ownVersion } from '../installed.js';
import { kdelta, type Server, startServer } from '../server.js';

/** KoruDelta behind its server: every batch is a body of NDJSON, over connections that stay open. */
export const httpLines: Contender = {
  id: 'http-lines',
  label: 'KoruDelta over HTTP, NDJSON bytes',
  sync: 'durability sync (the default)',
  version: async () => ownVersion(),
  open: async (folder) => new HttpLines(await startServer(folder)),
};

/** KoruDelta in a child process: every batch is a load over its standard streams. */
export const stdioLines: Contender = {
  id: 'stdio-lines',
  label: 'KoruDelta over stdio, NDJSON bytes',
  sync: 'durability sync (the default)',
  version: async () => ownVersion(),
  open: async (folder) =>
    new StdioLines(await KoruDelta.connect(`stdio:${folder}`, { command: [process.execPath, kdelta] })),
};

abstract class Lines implements Store {
  prepare(rows: Row[]): Uint8Array {
    return Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  }

  abstract batch(prepared: unknown): Promise<Moment>;

  put(row: Row): unknown {
    return this.batch(this.prepare([row]));
  }

  get(): unknown {
    throw new Error('Only loads are measured here.');
  }

  getPast(): unknown {
    throw new Error('Only loads are measured here.');
  }

  abstract close(): Promise<void>;
}

class HttpLines extends Lines {
  readonly #server: Server;
  readonly #http: HttpClient;

  constructor(server: Server) {
    super();
    this.#server = server;
    this.#http = new HttpClient(server.url);
  }

  async batch(prepared: unknown): Promise<Moment> {
    const { timestamp } = JSON.parse(await this.#http.load(prepared as Uint8Array, NAMESPACE)) as { timestamp: string };
    return timestamp;
  }

  async close(): Promise<void> {
    this.#http.close();
    await this.#server.stop();
  }
}

class StdioLines extends Lines {
  readonly #db: KoruDelta;

  constructor(db: KoruDelta) {
    super();
    this.#db = db;
  }

  async batch(prepared: unknown): Promise<Moment> {
    return (await this.#db.batchPut(prepared as Uint8Array, { namespace: NAMESPACE })).timestamp ?? 'now';
  }

  close(): Promise<void> {
    return this.#db.close();
  }
}
