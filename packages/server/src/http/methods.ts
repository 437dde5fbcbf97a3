import type { FastifyInstance, HTTPMethods } from 'fastify';
import { failure } from 'koru-delta/inside';

const methods: readonly HTTPMethods[] = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'];

/** Runs what adds routes, and then refuses every other method at their addresses, with those that there are. */
export function addRefusals(app: FastifyInstance, addRoutes: () => void): void {
  const known = new Map<string, Set<HTTPMethods>>();
  let done = false;
  app.addHook('onRoute', ({ url, method }) => {
    if (done) return;
    const taken = known.get(url) ?? new Set();
    for (const one of [method].flat()) taken.add(one);
    known.set(url, taken);
  });
  addRoutes();
  app.after(() => {
    done = true;
    for (const [url, taken] of known) {
      const allow = [...taken].join(', ');
      app.route({
        method: methods.filter((method) => !taken.has(method)),
        url,
        onRequest: async (request, reply) => {
          reply.header('allow', allow);
          throw failure('method_not_allowed', `${request.method} is not done at this address; what is: ${allow}.`);
        },
        handler: () => undefined,
      });
    }
  });
}
