/** The protocol that this server speaks: docs/protocol.md. */
export const PROTOCOL = 1;

declare const KDELTA_VERSION: string;

/** What the server calls itself. */
export const SERVER = `kdelta/${KDELTA_VERSION}`;
