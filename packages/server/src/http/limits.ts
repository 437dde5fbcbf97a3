/** What the server refuses or cuts off. docs/protocol.md tells the clients. */

/** A body that is read whole, in bytes; lines of bulk have no limit together. */
export const BODY_BYTES_MAX = 32 << 20;

/** The path and the headers of a request, in bytes. */
export const HEAD_BYTES_MAX = 16 << 10;

/** How long the headers of a request may take, in milliseconds. */
export const HEAD_MS = 10_000;

/** How long a body or a reader may stand still, in milliseconds. */
export const STALL_MS = 30_000;

/** How many connections there may be. */
export const CONNECTIONS_MAX = 4_096;

/** How often a feed says that it is there, in milliseconds. */
export const HEARTBEAT_MS = 15_000;

/** How long requests under way may take to end once the server stops, in milliseconds. */
export const STOP_MS = 8_000;
