import type { FastifyReply } from 'fastify';
import type { Engine } from '../engine.js';

/** Who makes a request. */
export interface Caller {
  /** The engine as far as the caller may use it. */
  readonly engine: Engine;
  /** Aborts when the caller's key is no longer good; undefined where no key is wanted. */
  readonly revoked?: AbortSignal | undefined;
}

/** What the work on one request is done with. */
export interface Call extends Caller {
  /** Aborts when the response ends, whole or not. */
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
