import type { FastifyReply } from 'fastify';
import type { Engine } from '../engine.js';

/** What the work on one request is done with. */
export interface Call {
  /** The engine as far as the caller may use it. */
  readonly engine: Engine;
  /** Aborts when the client is gone before it has its answer. */
  readonly gone: AbortSignal;
  /** Aborts when the server stops: who waits answers then. */
  readonly stopping: AbortSignal;
}

/** Aborts when the response of a request ends, whole or not. */
export function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  return gone.signal;
}
