import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { throwIfAborted } from 'koru-delta/inside';
import { loaded } from '../loading.js';
import { addressOf } from './address.js';
import type { Call } from './call.js';
import { type Operation, paramsOf } from './params.js';

/** Takes lines as they come: the engine's pace is the client's. */
export async function takeLines(
  method: 'import' | 'load',
  operation: Operation,
  { engine }: Call,
  { raw, headers }: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const params = paramsOf(operation, addressOf(raw.url ?? ''));
  const idempotencyKey = headers['idempotency-key'];
  if (idempotencyKey !== undefined) params.idempotencyKey = idempotencyKey;
  // What is left of a body that is refused is dropped, and not destroyed together with the connection.
  const chunks = raw.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  return reply.type('application/json; charset=utf-8').send(await loaded(engine, method, params, chunks));
}

/** Gives lines as fast as the client takes them. */
export function giveLines(
  operation: Operation,
  call: Call,
  { raw }: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const exporter = call.engine.carrier.exporter(JSON.stringify(paramsOf(operation, addressOf(raw.url ?? ''))));
  async function* pieces() {
    try {
      for (let piece = await exporter.next(); piece !== null; piece = await exporter.next()) {
        throwIfAborted(call.revoked);
        yield piece;
      }
    } finally {
      await exporter.abort();
    }
  }
  return reply.type('application/x-ndjson; charset=utf-8').send(Readable.from(pieces()));
}
