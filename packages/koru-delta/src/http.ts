import { failure, type KoruDeltaError } from './errors.js';
import { Exchange } from './exchange.js';
import { GetQueue } from './get-queue.js';
import { failureOf } from './http-failure.js';
import { connectionLost, type Done } from './lost.js';
import type { Fetch, Incoming, Outgoing } from './node-fetch.js';
import { requestLine, resultOf } from './rpc.js';
import type { Download, Sending, Upload, Wire } from './wire.js';

/** What a request of HTTP needs. */
interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly type?: string;
  readonly body?: Uint8Array | ReadableStream<Uint8Array>;
  readonly idempotencyKey?: unknown;
}

/** What a wire over HTTP is made with. */
export interface HttpOptions {
  /** The API key. */
  readonly key?: string | undefined;
  readonly timeoutMs: number;
  readonly fetch: Fetch;
}

/** The id of a request; each has a POST of its own, so one is enough. */
const ID = 1;

/** A wire over HTTP. It keeps its connections open from one call to the next. */
export class HttpWire implements Wire {
  readonly reconnects = true;
  readonly #base: string;
  readonly #options: HttpOptions;
  readonly #exchanges = new Set<Exchange>();
  readonly #gets = new GetQueue(
    (lines) => this.#converse(lines, { writes: false }),
    () => noAnswerIn(undefined),
  );

  constructor(url: URL, options: HttpOptions) {
    this.#base = url.href.replace(/\/+$/, '');
    this.#options = options;
  }

  async request(method: string, params: string | Uint8Array, sending: Sending): Promise<string> {
    if (method === 'get' && typeof params === 'string' && !sending.signal) return this.#gets.get(params);
    const result = resultOf(await this.#converse(requestLine(ID, method, params), sending), ID);
    if (result === undefined) throw noAnswerIn(outcomeOf(sending));
    return result;
  }

  upload(method: 'load' | 'import', params: Readonly<Record<string, unknown>>): Upload {
    const exchange = this.#begin(undefined);
    const { timeoutMs } = this.#options;
    const pipe = new TransformStream<Uint8Array, Uint8Array>();
    const writer = pipe.writable.getWriter();
    // The server writes nothing before the end, so without it nothing is done.
    let outcome: Done = 'not_done';
    const done = () => outcome;
    const { idempotencyKey, ...rest } = params;
    const path = `/v1/${method}${query(rest)}`;
    const request: Request = {
      method: 'POST',
      path,
      type: 'application/x-ndjson',
      body: pipe.readable,
      idempotencyKey,
    };
    const answer = this.#answer(exchange, request, done).finally(() => {
      // A body that has no end would swallow the next request of the connection. An answer that came early is a refusal.
      writer.close().catch(() => {});
      this.#end(exchange);
    });
    answer.catch(() => {});
    /** A chunk that is not taken is explained by the answer, which may come before the end. */
    const taken = (step: Promise<unknown>) => Promise.race([step.catch(() => answer), answer]);
    return {
      send: async (chunk) => {
        const step = this.#exchanges.has(exchange) ? writer.write(chunk.slice()) : answer;
        await exchange.step(taken(step), timeoutMs, done);
      },
      async end() {
        outcome = 'unknown';
        writer.close().catch(() => {});
        return exchange.step(answer, timeoutMs, done);
      },
      abort: async () => {
        // What is answered has ended by itself; stopping it would cut the body that is just being ended.
        if (this.#exchanges.has(exchange)) exchange.stop(failure('cancelled', 'The stream was ended before its end.'));
        await answer.catch(() => {});
      },
    };
  }

  download(method: 'export', params: Readonly<Record<string, unknown>>): Download {
    const exchange = this.#begin(undefined);
    const { timeoutMs } = this.#options;
    const none = (): Done => undefined;
    const opened = this.#send(exchange, { method: 'GET', path: `/v1/${method}${query(params)}` }, none).then(
      ({ body }) => body?.getReader(),
    );
    opened.catch(() => this.#end(exchange));
    const read = async () => (await opened)?.read();
    return {
      next: async () => {
        const chunk = await exchange.step(read(), timeoutMs, none);
        if (chunk?.value) return chunk.value;
        this.#end(exchange);
        return null;
      },
      abort: async () => {
        exchange.stop(failure('cancelled', 'The stream was ended before its end.'));
        this.#end(exchange);
      },
    };
  }

  async close(): Promise<void> {
    for (const exchange of this.#exchanges) exchange.stop(failure('closed', 'The database is closed.'));
  }

  /** Sends lines of requests, and resolves to the lines of their answers. */
  async #converse(body: Uint8Array, sending: Sending): Promise<string> {
    const outcome = () => outcomeOf(sending);
    const limitMs = this.#options.timeoutMs + (sending.waitMs ?? 0);
    const exchange = this.#begin(sending.signal);
    try {
      const request: Request = { method: 'POST', path: '/v1/rpc', type: 'application/json', body };
      return await exchange.step(this.#answer(exchange, request, outcome), limitMs, outcome);
    } finally {
      this.#end(exchange);
    }
  }

  #begin(caller: AbortSignal | undefined): Exchange {
    const exchange = new Exchange(this.#base, caller);
    this.#exchanges.add(exchange);
    return exchange;
  }

  #end(exchange: Exchange): void {
    exchange.end();
    this.#exchanges.delete(exchange);
  }

  async #answer(exchange: Exchange, request: Request, outcome: () => Done): Promise<string> {
    return (await this.#send(exchange, request, outcome)).text();
  }

  async #send(exchange: Exchange, request: Request, outcome: () => Done): Promise<Incoming> {
    const { method, path, type, body, idempotencyKey } = request;
    const { key, fetch } = this.#options;
    const response = await fetch(this.#base + path, {
      method,
      headers: {
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...(type !== undefined && { 'content-type': type }),
        ...(typeof idempotencyKey === 'string' && { 'idempotency-key': idempotencyKey }),
      },
      ...(body && { body, duplex: 'half' }),
      // A redirect would send a write twice, or the key to another server.
      redirect: 'manual',
      signal: exchange.signal,
    } as Outgoing);
    if (!response.ok) throw await failureOf(response, outcome());
    return response;
  }
}

/** What a call has come to whose answer did not come. */
function outcomeOf({ writes }: Sending): Done {
  return writes ? 'unknown' : undefined;
}

function noAnswerIn(outcome: Done): KoruDeltaError {
  return connectionLost('The answer is none of a KoruDelta server, or cut.', outcome);
}

function query(params: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== null);
  const text = new URLSearchParams(Object.fromEntries(given.map(([name, value]) => [name, String(value)]))).toString();
  return text === '' ? '' : `?${text}`;
}
