import { Agent, type IncomingMessage, request } from 'node:http';
import { KoruDelta } from 'koru-delta';
import type { Contender, Moment, Store } from '../contender.js';
import type { Row } from '../document.js';
import { ownVersion } from '../installed.js';
import { kdelta, type Server, startServer } from '../server.js';

const NAMESPACE = 'bench';

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
  readonly #agent = new Agent({ keepAlive: true });

  constructor(server: Server) {
    super();
    this.#server = server;
  }

  async batch(prepared: unknown): Promise<Moment> {
    const { timestamp } = JSON.parse(await this.#post(prepared as Uint8Array)) as { timestamp: string };
    return timestamp;
  }

  #post(body: Uint8Array): Promise<string> {
    return new Promise((resolve, reject) => {
      const take = async (response: IncomingMessage) => {
        let text = '';
        for await (const piece of response.setEncoding('utf8')) text += piece;
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`The server answers ${response.statusCode}: ${text}`));
      };
      const headers = { 'content-type': 'application/x-ndjson', 'content-length': body.length };
      request(
        `${this.#server.url}/v1/load?namespace=${NAMESPACE}`,
        { method: 'POST', agent: this.#agent, headers },
        (response) => take(response).catch(reject),
      )
        .once('error', reject)
        .end(body);
    });
  }

  async close(): Promise<void> {
    this.#agent.destroy();
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
