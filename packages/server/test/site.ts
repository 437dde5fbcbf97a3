import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { Engine } from '../src/engine.js';
import { type ServeOptions, type Server, serve } from '../src/http/server.js';

/** What a request carries beside its address. */
export interface Sent {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array | ReadableStream<Uint8Array>;
}

/** A response, as far as tests look at it. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The text, parsed. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever came.
  json: any;
}

/** A real engine behind a real server. */
export class Site {
  readonly engine: Engine;
  readonly server: Server;
  readonly url: string;

  private constructor(engine: Engine, server: Server) {
    this.engine = engine;
    this.server = server;
    this.url = server.url;
  }

  static async begin(options: ServeOptions = {}, database: object = {}): Promise<Site> {
    const engine = await Engine.open(database);
    const server = await serve(engine, { port: 0, ...options });
    onTestFinished(async () => {
      await server.stop();
      await engine.close();
    });
    return new Site(engine, server);
  }

  /** Sends a request and reads its response. A body is JSON where its headers say nothing else. */
  async ask(path: string, { method = 'GET', headers = {}, body }: Sent = {}): Promise<Answer> {
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await fetch(this.url + path, {
      method,
      headers: { ...type, ...headers },
      ...(body !== undefined && { body, duplex: 'half' }),
    } as RequestInit);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parsed(text) };
  }

  put(path: string, body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Answer> {
    return this.ask(path, { method: 'PUT', body, headers });
  }

  lines(path: string, body: string | Uint8Array | ReadableStream<Uint8Array>, more: Sent = {}): Promise<Answer> {
    const headers = { 'content-type': 'application/x-ndjson', ...more.headers };
    return this.ask(path, { method: 'POST', body, headers });
  }

  /** How many versions the database has. */
  async versions(): Promise<number> {
    return JSON.parse(await this.engine.carrier.call('stats', '{}')).versions;
  }

  /** A connection of its own. */
  connect(): Wire {
    return new Wire(Number(new URL(this.url).port));
  }
}

/** Bytes over a connection, as no client library would send them. */
export class Wire {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  #text = '';
  #changed: () => void = () => {};

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.on('error', () => {});
    this.socket.setEncoding('latin1').on('data', (text: string) => {
      this.#text += text;
      this.#changed();
    });
    this.closed = new Promise((resolve) =>
      this.socket.on('close', () => {
        resolve();
        this.#changed();
      }),
    );
    onTestFinished(() => {
      this.socket.destroy();
    });
  }

  get text(): string {
    return this.#text;
  }

  send(text: string): this {
    this.socket.write(text, 'latin1');
    return this;
  }

  /** Waits until a text has come, or the connection is closed. */
  async until(part: string): Promise<string> {
    while (!this.#text.includes(part) && !this.socket.destroyed) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
    return this.#text;
  }
}

/** A body of chunks. */
export function streamOf(chunks: Iterable<string | Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.iterator]();
  return new ReadableStream({
    pull(controller) {
      const { done, value } = iterator.next();
      if (done) controller.close();
      else controller.enqueue(Buffer.from(value as string));
    },
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
