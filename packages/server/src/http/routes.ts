import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import { operations } from 'koru-delta/inside';
import type { Engine } from '../engine.js';
import { type Call, goneSignal } from './call.js';
import { read, readValue, write } from './documents.js';
import { BODY_BYTES_MAX } from './limits.js';
import type { Operation } from './params.js';
import { WriteLine } from './write-line.js';

/** What a route needs of its server. */
export interface Site {
  /** The engine as far as the caller of a request may use it. */
  engineOf(request: FastifyRequest): Engine;
  readonly stopping: AbortSignal;
}

/** Gives each operation of the table its route. */
export function addOperations(app: FastifyInstance, site: Site): void {
  for (const [name, operation] of Object.entries(operations) as [string, Operation][]) {
    const handler = handlerOf(name, operation, site);
    if (!handler) continue;
    const { method, path } = operation.http;
    app.route({ method, url: path.replace(/\{(\w+)\}/g, ':$1'), bodyLimit: BODY_BYTES_MAX, handler });
  }
}

function handlerOf(name: string, operation: Operation, site: Site): RouteHandlerMethod | undefined {
  const { kind, http } = operation;
  if (kind === 'stream') return undefined;
  if (kind === 'write') {
    const lines = new WeakMap<Engine, WriteLine>();
    return (request, reply) => write(name, operation, lineOf(lines, site.engineOf(request)), request, reply);
  }
  const answer = http.answer === 'value' ? readValue : read;
  return (request, reply) => answer(name, operation, callOf(site, request, reply), request, reply);
}

/** What the work on a request is done with. */
export function callOf(site: Site, request: FastifyRequest, reply: FastifyReply): Call {
  return { engine: site.engineOf(request), gone: goneSignal(reply), stopping: site.stopping };
}

function lineOf(lines: WeakMap<Engine, WriteLine>, engine: Engine): WriteLine {
  const found = lines.get(engine) ?? new WriteLine(engine);
  lines.set(engine, found);
  return found;
}
