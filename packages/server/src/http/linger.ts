import type { IncomingMessage } from 'node:http';

/** How long the rest of a refused body is read and dropped, in milliseconds. */
const LINGER_MS = 2_000;

/**
 * Drops what is left of a body that is refused, for a while. A connection that is closed with bytes unread is reset, and a reset
 * takes away the answer that says why, when its client has not read it yet.
 */
export function linger(body: IncomingMessage): void {
  if (body.complete || body.destroyed) return;
  body.resume();
  setTimeout(() => body.complete || body.destroy(), LINGER_MS).unref();
}
