import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Engine } from '../engine.js';
import { addressOf } from './address.js';
import { type Call, stopsOf } from './call.js';
import type { Hub } from './hub.js';
import { codeOf, say, stackOf } from './log.js';
import { type Operation, paramsOf } from './params.js';
import { Subscriber } from './subscriber.js';

/** How soon a client that lost its connection comes again, in milliseconds. */
const RETRY_MS = 1_000;

/** Where a feed begins when nothing is said. */
export type Begin = 'first' | 'now';

/** Whether a request wants events. */
export function wantsEvents({ headers }: FastifyRequest): boolean {
  return /\btext\/event-stream\b/i.test(headers.accept ?? '');
}

/** Sends the feed as server-sent events, until the client is gone or the server stops. */
export async function watch(
  operation: Operation,
  begin: Begin,
  hub: Hub,
  call: Call,
  { raw, headers }: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { since, limit: _, waitMs: __, credit: ___, ...filter } = paramsOf(operation, addressOf(raw.url ?? ''));
  const given = headers['last-event-id'] || since;
  const cursor = typeof given === 'string' ? given : await beginning(begin, call.engine);
  // Whether the caller may read this is judged by its own engine; from here on all share one.
  await call.engine.carrier.call('changes', JSON.stringify({ ...filter, since: cursor, limit: 1, values: false }));
  reply.hijack();
  const out = reply.raw;
  out.writeHead(200, {
    ...(reply.getHeaders() as OutgoingHttpHeaders),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // Some proxies keep responses back until they are whole, unless they are told.
    'x-accel-buffering': 'no',
  });
  out.write(`retry: ${RETRY_MS}\nid: ${cursor}\n\n`);
  try {
    await hub.tell(new Subscriber(out, cursor, anyOf(call)), filter);
  } catch (error) {
    // The head is sent, so that only the end is left to say it: the response breaks off, and the client comes again.
    say(reply.log, 'error', { what: 'a feed failed', code: codeOf(error), stack: stackOf(error) });
    out.destroy();
    return reply;
  }
  out.end(call.stopping.aborted ? 'event: goaway\ndata: {}\n\n' : undefined);
  return reply;
}

async function beginning(begin: Begin, { carrier }: Engine): Promise<string> {
  if (begin === 'first') return 'seq:0';
  return `seq:${(JSON.parse(await carrier.call('stats', '{}')) as { lastSeq: number }).lastSeq}`;
}

/** Aborts when one of the reasons to end does. */
function anyOf(call: Call): AbortSignal {
  const ended = new AbortController();
  const end = () => ended.abort();
  for (const stop of stopsOf(call)) {
    if (stop.aborted) end();
    else stop.addEventListener('abort', end, { once: true, signal: ended.signal });
  }
  return ended.signal;
}
