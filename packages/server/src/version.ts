import { readFileSync } from 'node:fs';

/** The protocol that this server speaks: docs/protocol.md. */
export const PROTOCOL = 1;

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** The version of this package. */
export const VERSION = version;

/** What the server calls itself. */
export const SERVER = `kdelta/${version}`;
