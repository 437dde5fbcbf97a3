import type { FastifyReply } from 'fastify';
import { type ErrorRecord, failure, KoruDeltaError } from 'koru-delta/inside';
import { Refusal } from './refusal.js';

/** The media type of RFC 9457. */
const PROBLEM = 'application/problem+json; charset=utf-8';

/** What Fastify found wrong with a request before anybody here saw it. */
const codes: Partial<Record<string, [code: ErrorRecord['code'], detail: string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['request_too_large', 'The body is longer than 32 MiB.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported_media_type', 'The Content-Type of the body is not taken here.'],
  FST_ERR_CTP_EMPTY_TYPE: ['unsupported_media_type', 'The body has no Content-Type.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['bad_request', 'The body is not as long as its Content-Length says.'],
  FST_ERR_BAD_URL: ['bad_request', 'The address is not percent-encoded UTF-8.'],
};

/** A failure as the server tells it: its record, and the text of that. */
export interface Told {
  readonly record: ErrorRecord;
  readonly text: string;
}

/** The record of whatever was thrown; what is no failure of ours is a mistake of ours, and its words stay here. */
export function told(error: unknown): Told {
  if (error instanceof Refusal) return error;
  const record = recordOf(error);
  return { record, text: JSON.stringify(record) };
}

function recordOf(error: unknown): ErrorRecord {
  if (error instanceof KoruDeltaError) return error.toJSON();
  const { code = '', statusCode = 500 } = (error ?? {}) as { code?: string; statusCode?: number };
  const known = codes[code];
  if (known) return failure(...known).toJSON();
  if (statusCode >= 400 && statusCode < 500) return failure('bad_request', 'The request cannot be read.').toJSON();
  return failure('internal', 'The server stopped a call at a mistake of its own.').toJSON();
}

/** The body of a problem: the record, and what RFC 9457 has beside it. */
export function problemText({ record, text }: Told, status = record.httpStatus): string {
  return `${text.slice(0, -1)},"type":${JSON.stringify(record.docs)},"status":${status}}`;
}

/** Answers a request with a failure. `status` is that of the record where none is given. */
export function sendProblem(reply: FastifyReply, error: unknown, status?: number): FastifyReply {
  const found = told(error);
  const { record } = found;
  if (record.retryable && (record.httpStatus === 429 || record.httpStatus === 503) && !reply.hasHeader('retry-after'))
    reply.header('retry-after', '1');
  if (record.code === 'unauthorized') reply.header('www-authenticate', 'Bearer');
  return reply
    .code(status ?? record.httpStatus)
    .header('cache-control', 'no-store')
    .type(PROBLEM)
    .send(problemText(found, status));
}
