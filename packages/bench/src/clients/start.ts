import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Client } from '../client.js';
import { subfolder } from '../disk.js';
import { rows } from '../document.js';
import { wayOf } from '../languages.js';
import { startBareServer, startServer } from '../server.js';

/** A client, and the server it talks to where there is one. */
export interface Started {
  readonly client: Client;
  end(): Promise<void>;
}

/** Starts the client of a contender with so many rows at hand, and what it talks to, in an empty folder. */
export async function startClient(id: string, folder: string, count: number): Promise<Started> {
  const { to, connect } = wayOf(id);
  const data = subfolder(folder, 'data');
  const file = join(folder, 'rows.ndjson');
  await writeRows(file, count);
  const server = to === 'bridge' ? undefined : await (to === 'server' ? startServer(data) : startBareServer());
  const client = await connect({ address: server?.url ?? `stdio:${data}`, rows: file });
  return {
    client,
    async end() {
      await client.end();
      await server?.stop();
    },
  };
}

async function writeRows(file: string, count: number): Promise<void> {
  const out = createWriteStream(file);
  for (const row of rows(count)) out.write(`${JSON.stringify(row)}\n`);
  await finished(out.end());
}
