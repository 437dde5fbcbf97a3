import { Agent, type IncomingMessage, request } from 'node:http';
import type { Client, Place, Work } from '../client.js';
import { DOCUMENT_BYTES } from '../document.js';
import { crowd } from './crowd.js';

/** Requests of `node:http` over connections that stay open, of 100 bytes and for 100 bytes. */
export async function connectBareHttp({ address }: Place): Promise<Client> {
  const agent = new Agent({ keepAlive: true });
  const document = Buffer.alloc(DOCUMENT_BYTES, '-');
  const call = (body?: Buffer) =>
    new Promise<void>((resolve, reject) => {
      const method = body ? 'POST' : 'GET';
      const headers = body ? { 'content-length': body.length } : {};
      const take = (response: IncomingMessage) => response.on('end', resolve).on('error', reject).resume();
      request(address, { method, agent, headers }, take).once('error', reject).end(body);
    });
  return {
    async run({ what, count, callers }: Work) {
      const started = performance.now();
      await crowd(callers, count, () => call(what === 'get' ? undefined : document));
      return { milliseconds: performance.now() - started };
    },
    async end() {
      agent.destroy();
    },
  };
}
