import type { Writable } from 'node:stream';
import rateLimit from '@fastify/rate-limit';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify, LogController } from 'fastify';
import { failure } from 'koru-delta/inside';
import type { Engine } from '../engine.js';
import { refuseConnection } from './faults.js';
import type { Guard } from './guard.js';
import { addHealth } from './health.js';
import { addLanding } from './landing.js';
import { BODY_BYTES_MAX, HEAD_BYTES_MAX, HEAD_MS } from './limits.js';
import { linger } from './linger.js';
import { codeOf, type LogLevel, logTo, say, stackOf } from './log.js';
import { addRefusals } from './methods.js';
import type { Neighbourhood } from './origin.js';
import { sendProblem } from './problem.js';
import { addOperations, type Site } from './routes.js';

/** What a server is made of. */
export interface Parts extends Site {
  readonly engine: Engine;
  readonly guard: Guard;
  readonly neighbourhood: Neighbourhood;
  readonly rate: number | undefined;
  readonly log: LogLevel;
  readonly logTo: Writable;
}

/** Puts the routes together, and before them what each request has to pass. */
export async function buildApp(parts: Parts): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: BODY_BYTES_MAX,
    // Fastify's own limit of the time of a request would cut off long loads; see Stalls.
    http: { maxHeaderSize: HEAD_BYTES_MAX, headersTimeout: HEAD_MS, connectionsCheckingInterval: 1_000 },
    return503OnClosing: false,
    routerOptions: { maxParamLength: HEAD_BYTES_MAX, querystringParser: () => ({}) },
    logger: logTo(parts.log, parts.logTo),
    logController: new LogController({ disableRequestLogging: true }),
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error, _, reply) => {
      sendProblem(reply, error);
    },
  });
  app.removeAllContentTypeParsers();
  app.addHook('onRequest', async (request, reply) => admit(parts, request, reply));
  if (parts.log !== 'off') app.addHook('onResponse', async (request, reply) => note(parts.guard, request, reply));
  app.setErrorHandler((error, request, reply) => {
    linger(request.raw);
    // Fastify would close the connection at once behind a body that it refused, and what is unread then resets it.
    if (!parts.stopping.aborted) reply.removeHeader('connection');
    const sent = sendProblem(reply, error);
    if (reply.statusCode === 500)
      say(request.log, 'error', { what: 'failed', code: codeOf(error), stack: stackOf(error) });
    return sent;
  });
  if (parts.rate !== undefined) await limitRate(app, parts.guard, parts.rate);
  addRefusals(app, () => {
    addLanding(app);
    addHealth(app, parts.engine, parts.stopping);
    addOperations(app, parts);
  });
  return app;
}

/** What each request has to pass before its body is read. */
function admit({ guard, neighbourhood, stopping }: Parts, request: FastifyRequest, reply: FastifyReply): unknown {
  const { url } = request.routeOptions;
  if (stopping.aborted && url !== '/health' && url !== '/ready') {
    reply.header('connection', 'close');
    throw failure('unavailable', 'The server is stopping. Nothing was done.');
  }
  if (!guard.wantsKeys) neighbourhood.checkHost(request);
  neighbourhood.checkOrigin(request, reply);
  if (neighbourhood.isPreflight(request)) return neighbourhood.preflight(reply);
  guard.admit(request);
  if (request.is404)
    throw failure('unknown_operation', 'There is nothing at this address.', {
      hints: [{ text: 'The routes are listed at /openapi.json' }],
    });
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    throw failure('unsupported_media_type', 'A body is taken as it is, without a Content-Encoding.');
  return undefined;
}

/** One line of the log for each response. */
function note(guard: Guard, request: FastifyRequest, reply: FastifyReply): void {
  say(request.log, 'info', {
    what: 'request',
    method: request.method,
    route: request.routeOptions.url ?? null,
    status: reply.raw.statusCode,
    ms: Math.round(reply.elapsedTime * 10) / 10,
    key: guard.keyIdOf(request),
  });
}

/** Counts the requests of each client, which is its key where there is one. */
async function limitRate(app: FastifyInstance, guard: Guard, rate: number): Promise<void> {
  await app.register(rateLimit, {
    max: rate,
    timeWindow: 1_000,
    keyGenerator: (request) => guard.keyIdOf(request) ?? request.ip,
    allowList: ({ routeOptions: { url } }) => url === '/health' || url === '/ready',
    errorResponseBuilder: () => failure('rate_limited', `A client makes no more than ${rate} requests a second here.`),
  });
}
