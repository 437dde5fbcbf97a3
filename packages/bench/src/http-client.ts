import { Agent, type IncomingMessage, request } from 'node:http';

/** Requests of `node:http` over connections that stay open. */
export class HttpClient {
  readonly #base: string;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(base: string) {
    this.#base = base;
  }

  get(path: string): Promise<string> {
    return this.#ask('GET', path, {});
  }

  post(path: string, type: string, body: Uint8Array): Promise<string> {
    return this.#ask('POST', path, { 'content-type': type, 'content-length': body.length }, body);
  }

  /** Posts lines of JSON to be written as one batch. */
  load(body: Uint8Array, namespace: string): Promise<string> {
    return this.post(`/v1/load?namespace=${namespace}`, 'application/x-ndjson', body);
  }

  close(): void {
    this.#agent.destroy();
  }

  #ask(method: string, path: string, headers: Record<string, string | number>, body?: Uint8Array): Promise<string> {
    return new Promise((resolve, reject) => {
      const take = (response: IncomingMessage) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece: string) => {
          text += piece;
        });
        response.once('error', reject).once('end', () => {
          if (response.statusCode === 200) resolve(text);
          else reject(new Error(`The server answers ${response.statusCode}: ${text}`));
        });
      };
      request(this.#base + path, { method, agent: this.#agent, headers }, take)
        .once('error', reject)
        .end(body);
    });
  }
}
