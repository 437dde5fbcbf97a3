import type { FastifyReply, FastifyRequest } from 'fastify';
import { failure } from 'koru-delta/inside';

/** The names by which this machine calls itself. */
const ownNames = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

/**
 * Keeps the pages of foreign sites away from a server on this machine. A browser sends their requests along with an Origin
 * that is not ours; a name of theirs that leads here comes with a Host that is not ours.
 */
export class Neighbourhood {
  readonly #allowed: ReadonlySet<string>;

  constructor(allowed: readonly string[]) {
    this.#allowed = new Set(allowed.map((origin) => origin.replace(/\/+$/, '').toLowerCase()));
  }

  /** Refuses a name that is not this machine's. Where keys are wanted no name helps a foreign page. */
  checkHost({ headers: { host = '' } }: FastifyRequest): void {
    if (ownNames.test(host)) return;
    throw failure(
      'forbidden',
      'The header Host does not name this machine, and a server without API keys serves no other name.',
      {
        hints: [{ text: 'Call it by 127.0.0.1 or localhost' }],
      },
    );
  }

  /** Refuses a foreign Origin; one that is allowed gets the headers that let its page read the response. */
  checkOrigin({ headers: { origin, host } }: FastifyRequest, reply: FastifyReply): void {
    if (origin === undefined) return;
    reply.header('vary', 'Origin');
    const known = origin.toLowerCase();
    if (host !== undefined && (known === `http://${host}` || known === `https://${host}`.toLowerCase())) return;
    if (!this.#allowed.has(known) && !this.#allowed.has('*'))
      throw failure('forbidden', 'The page of another origin may not call this server.', {
        hints: [{ text: 'To allow one', command: 'kdelta start --allow-origin https://app.example.com' }],
      });
    reply
      .header('access-control-allow-origin', origin)
      .header('access-control-expose-headers', 'ETag, Koru-Seq, Koru-Timestamp, Retry-After, Allow');
  }

  /** Whether a browser asks whether it may send a request. */
  isPreflight({ method, headers }: FastifyRequest): boolean {
    return method === 'OPTIONS' && headers.origin !== undefined && 'access-control-request-method' in headers;
  }

  /** Answers a browser that asks before it sends a request of an origin that is allowed. */
  preflight(reply: FastifyReply): FastifyReply {
    return reply
      .code(204)
      .header('access-control-allow-methods', 'GET, HEAD, PUT, POST, DELETE')
      .header(
        'access-control-allow-headers',
        'Authorization, Content-Type, Accept, If-Match, If-None-Match, Idempotency-Key, Last-Event-ID',
      )
      .header('access-control-max-age', '600')
      .send();
  }
}
