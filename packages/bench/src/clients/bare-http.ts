import type { Client, Place, Work } from '../client.js';
import { DOCUMENT_BYTES } from '../document.js';
import { HttpClient } from '../http-client.js';
import { crowd } from './crowd.js';

/** Requests for 100 bytes, and in the place of writes of 100 bytes. */
export async function connectBareHttp({ address }: Place): Promise<Client> {
  const http = new HttpClient(address);
  const document = Buffer.alloc(DOCUMENT_BYTES, '-');
  const call = { get: () => http.get('/'), put: () => http.post('/', 'application/json', document) };
  return {
    async run({ what, count, callers }: Work) {
      const started = performance.now();
      await crowd(callers, count, what === 'get' ? call.get : call.put);
      return { milliseconds: performance.now() - started };
    },
    async end() {
      http.close();
    },
  };
}
