import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import { failure, operations } from 'koru-delta/inside';
import { singleOf } from '../single.js';
import { giveLines, takeLines } from './bulk.js';
import { Call, type Caller } from './call.js';
import { read, readValue, write } from './documents.js';
import type { Hub } from './hub.js';
import type { Operation } from './params.js';
import { answers } from './rpc.js';
import type { Stalls } from './stalls.js';
import { wantsEvents, watch } from './watch.js';
import { WriteLine } from './write-line.js';

/** What the routes need of their server. */
export interface Site {
  callerOf(request: FastifyRequest): Caller;
  readonly stopping: AbortSignal;
  readonly hub: Hub;
  readonly stalls: Stalls;
}

const LINES = 'application/x-ndjson';
const JSON_TEXT = 'application/json';
const FEED = 0x0a;

const writes = new Set(Object.keys(operations).filter((name) => operations[name as 'put'].kind === 'write'));

/** Gives each operation of the table its route, and the conversation its own. */
export function addOperations(app: FastifyInstance, site: Site): void {
  const all = Object.entries(operations) as [string, Operation][];
  // A body of lines is taken as it comes; every other is read whole first.
  app.register(async (scope) => {
    scope.addContentTypeParser(LINES, (request, _, done) => {
      site.stalls.expect(request.raw);
      done(null);
    });
    for (const [name, operation] of all) if (operation.http.body === 'lines') addRoute(scope, name, operation, site);
  });
  app.register(async (scope) => {
    readWhole(scope, site, [JSON_TEXT]);
    for (const [name, operation] of all) if (operation.http.body !== 'lines') addRoute(scope, name, operation, site);
  });
  app.register(async (scope) => {
    readWhole(scope, site, [JSON_TEXT, LINES]);
    scope.post('/v1/rpc', (request, reply) => rpc(callOf(site, request, reply), request, reply));
  });
}

function readWhole(scope: FastifyInstance, { stalls }: Site, types: string[]): void {
  scope.addHook('preParsing', async ({ raw }) => stalls.expect(raw));
  scope.addContentTypeParser(types, { parseAs: 'buffer' }, (_, body, done) => done(null, body));
}

function addRoute(scope: FastifyInstance, name: string, operation: Operation, site: Site): void {
  const { method, path, answer } = operation.http;
  scope.route({
    method,
    url: path.replace(/\{(\w+)\}/g, ':$1'),
    // What a stream would be long is not known before it ends.
    exposeHeadRoute: answer !== 'lines' && answer !== 'events',
    handler: handlerOf(name, operation, site),
  });
}

function handlerOf(name: string, operation: Operation, site: Site): RouteHandlerMethod {
  const { kind, http } = operation;
  const call = (request: FastifyRequest, reply: FastifyReply) => callOf(site, request, reply);
  if (http.body === 'lines')
    return (request, reply) => takeLines(name as 'load', operation, call(request, reply), request, reply);
  if (http.answer === 'lines') return (request, reply) => giveLines(operation, call(request, reply), request, reply);
  if (http.answer === 'events')
    return (request, reply) => watch(operation, 'now', site.hub, call(request, reply), request, reply);
  if (kind === 'write')
    return (request, reply) => write(name, operation, WriteLine.of(site.callerOf(request).engine), request, reply);
  if (http.answer === 'value')
    return (request, reply) => readValue(name, operation, call(request, reply), request, reply);
  return (request, reply) =>
    name === 'changes' && wantsEvents(request)
      ? watch(operation, 'first', site.hub, call(request, reply), request, reply)
      : read(name, operation, call(request, reply), request, reply);
}

/** Answers a conversation. One request is answered at once, many as they are carried out. */
async function rpc(call: Call, { headers, body }: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (!Buffer.isBuffer(body) || body.length === 0)
    throw failure('bad_request', 'The body is one request a line; it is empty.');
  reply.type(`${headers['content-type']}`).header('cache-control', 'no-store');
  const method = singleOf(body)?.method;
  if (method !== undefined && writes.has(method)) return reply.send(await answerOfWrite(call, body));
  const all = answers(call, body);
  const feed = body.indexOf(FEED);
  if (feed >= 0 && feed < body.length - 1) return reply.send(Readable.from(all));
  let text = '';
  for await (const answer of all) text += answer;
  return reply.send(text);
}

function callOf(site: Site, request: FastifyRequest, reply: FastifyReply): Call {
  return new Call(site.callerOf(request), reply, site.stopping);
}

/** A write that comes alone goes together with those of other requests, which share its sync of the disk. */
async function answerOfWrite({ engine }: Call, body: Buffer): Promise<string> {
  const line = body.at(-1) === FEED ? body : Buffer.concat([body, Buffer.of(FEED)]);
  return `${await WriteLine.of(engine).answer(line)}\n`;
}
