import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import { failure, type KoruDeltaError } from 'koru-delta/inside';
import type { Engine } from '../engine.js';
import { polled } from '../poll.js';

/** Who makes a request. */
export interface Caller {
  /** The engine as far as the caller may use it. */
  readonly engine: Engine;
  /** Aborts when the caller's key is no longer good; undefined where no key is wanted. */
  readonly revoked?: AbortSignal | undefined;
}

/** What the work on one request is done with. */
export class Call implements Caller {
  readonly engine: Engine;
  readonly revoked: AbortSignal | undefined;
  /** Aborts when the server stops: who waits answers then. */
  readonly stopping: AbortSignal;
  readonly #raw: ServerResponse;
  #gone: AbortSignal | undefined;

  constructor({ engine, revoked }: Caller, { raw }: FastifyReply, stopping: AbortSignal) {
    this.engine = engine;
    this.revoked = revoked;
    this.stopping = stopping;
    this.#raw = raw;
  }

  /** Whether the response has ended, whole or not. */
  get isGone(): boolean {
    return this.#raw.closed;
  }

  /** Aborts when that happens. It is made for those who ask, since most calls do not wait for anything. */
  get gone(): AbortSignal {
    this.#gone ??= goneSignal(this.#raw);
    return this.#gone;
  }
}

function goneSignal(raw: ServerResponse): AbortSignal {
  const gone = new AbortController();
  if (raw.closed) gone.abort();
  else raw.once('close', () => gone.abort());
  return gone.signal;
}

/** What ends a wait before its time. */
export function stopsOf({ gone, stopping, revoked }: Call): AbortSignal[] {
  return [gone, stopping, ...(revoked ? [revoked] : [])];
}

/** A page of changes that may wait for the first; refused when the caller's key ends meanwhile. */
export async function poll(call: Call, params: Record<string, unknown>): Promise<string> {
  const page = await polled(call.engine, params, stopsOf(call));
  if (call.revoked?.aborted) throw unauthorized();
  return page;
}

/** The same for every key that is not good, and whatever was asked for. */
export function unauthorized(): KoruDeltaError {
  return failure('unauthorized', 'The server wants an API key, and no good one came with the request.', {
    hints: [
      { text: 'Send the header Authorization: Bearer kdelta_…' },
      { text: 'To make a key', command: 'kdelta key create NAME' },
    ],
  });
}
