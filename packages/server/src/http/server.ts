import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { type FastifyInstance, fastify } from 'fastify';
import { failure } from 'koru-delta/inside';
import type { Engine } from '../engine.js';
import { addHealth } from './health.js';
import { BODY_BYTES_MAX, CONNECTIONS_MAX, HEAD_BYTES_MAX, HEAD_MS } from './limits.js';
import { sendProblem } from './problem.js';
import { addOperations, callOf, type Site } from './routes.js';
import { answers } from './rpc.js';

/** How a database is served. */
export interface ServeOptions {
  /** The address to listen on. Default: 127.0.0.1. */
  readonly host?: string;
  /** The port; 0 for any that is free. Default: 7878. */
  readonly port?: number;
}

/** A server that listens. */
export interface Server {
  /** Where it is found. */
  readonly url: string;
  /** Ends feeds, finishes what is under way and stops to listen. The engine stays open. */
  stop(): Promise<void>;
}

/** Serves a database over HTTP. */
export async function serve(engine: Engine, { host = '127.0.0.1', port = 7878 }: ServeOptions = {}): Promise<Server> {
  const stop = new AbortController();
  const app = build({ engineOf: () => engine, stopping: stop.signal }, engine);
  await app.listen({ host, port });
  app.server.maxConnections = CONNECTIONS_MAX;
  const { address, family, port: found } = app.server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${found}`,
    async stop() {
      stop.abort();
      await app.close();
    },
  };
}

function build(site: Site, engine: Engine): FastifyInstance {
  const app = fastify({
    bodyLimit: BODY_BYTES_MAX,
    http: { maxHeaderSize: HEAD_BYTES_MAX, headersTimeout: HEAD_MS, connectionsCheckingInterval: 1_000 },
    return503OnClosing: false,
    routerOptions: { maxParamLength: HEAD_BYTES_MAX, querystringParser: () => ({}) },
    frameworkErrors: (error, _, reply) => {
      sendProblem(reply, error);
    },
  });
  app.setErrorHandler((error, _, reply) => sendProblem(reply, error));
  app.setNotFoundHandler((_, reply) =>
    sendProblem(
      reply,
      failure('unknown_operation', 'There is nothing at this address.', {
        hints: [{ text: 'The routes are listed at /openapi.json' }],
      }),
    ),
  );
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(['application/json', 'application/x-ndjson'], { parseAs: 'buffer' }, (_, body, done) =>
    done(null, body),
  );
  addHealth(app, engine);
  addOperations(app, site);
  app.post('/v1/rpc', async (request, reply) => {
    const call = callOf(site, request, reply);
    reply.type(String(request.headers['content-type']));
    return reply.send(Readable.from(answers(call, request.body as Buffer)));
  });
  return app;
}
