import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import { failure, operations } from 'koru-delta/inside';
import { type Client, Refusal } from './client.js';
import { members } from './parts.js';

/** What the routes call nothing: `get` answers these where it is not required to find something. */
const absent: readonly string[] = ['key_not_found', 'key_deleted', 'not_yet_written'];

/** A client by the routes for people, which does with a path, a query, headers and a body what others do with params. */
export function routed(url: string): Client {
  let closed = false;
  const send = async (op: string, params: string, body?: Iterable<Uint8Array>) => {
    if (closed) throw failure('closed', 'The client is closed.');
    return answered(url, requestOf(op, members(params)), body);
  };
  return {
    async call(op, params) {
      const optional = op === 'get' && members(params).get('required') !== 'true';
      try {
        return await textOf(await send(op, params));
      } catch (error) {
        if (optional && error instanceof Refusal && absent.includes(codeOf(error))) return 'null';
        throw error;
      }
    },
    async *watch(params) {
      const response = await send('watch', params);
      try {
        for await (const line of linesOf(response)) if (line.startsWith('data: ')) yield line.slice('data: '.length);
      } finally {
        response.destroy();
      }
    },
    async *export(params) {
      yield* await send('export', params);
    },
    import: async (params, chunks) => textOf(await send('import', params, chunks)),
    load: async (params, chunks) => textOf(await send('load', params, chunks)),
    async close() {
      closed = true;
    },
  };
}

function codeOf({ record }: Refusal): string {
  return (JSON.parse(record) as { code: string }).code;
}

interface Routed {
  readonly options: RequestOptions & { headers: Record<string, string> };
  readonly body: string | undefined;
}

/** The request of an operation; `params` are JSON texts by their names. */
function requestOf(op: string, params: Map<string, string>): Routed {
  const { http } = operations[op as keyof typeof operations] as {
    http: { method: string; path: string; body?: string };
  };
  const headers: Record<string, string> = { accept: 'application/vnd.korudelta.version+json, */*' };
  const take = (name: string) => {
    const text = params.get(name);
    params.delete(name);
    return text;
  };
  let body: string | undefined;
  if (http.body === 'lines') headers['content-type'] = 'application/x-ndjson';
  else if (http.body !== undefined) headers['content-type'] = 'application/json';
  const path = http.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encoded(take(name) ?? '""'));
  const named = take('idempotencyKey');
  if (named !== undefined) headers['idempotency-key'] = JSON.parse(named);
  if (http.body === 'value') body = take('value');
  if (http.body === 'params') {
    body = `{${[...params].map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`;
    params.clear();
  }
  const guard = take('ifVersion');
  if (guard === 'null') headers['if-none-match'] = '*';
  else if (guard !== undefined) headers['if-match'] = guard;
  // A route that answers the value alone requires one by itself.
  if (op === 'get') params.delete('required');
  const query = [...params].map(([name, text]) => `${encodeURIComponent(name)}=${encoded(text)}`).join('&');
  return { options: { method: http.method, path: query === '' ? path : `${path}?${query}`, headers }, body };
}

/** A JSON text in an address: a text by its characters, anything else as it is. Dots too, which would be folders. */
function encoded(text: string): string {
  const plain = text.startsWith('"') ? (JSON.parse(text) as string) : text;
  return encodeURIComponent(plain).replaceAll('.', '%2E');
}

function answered(url: string, { options, body }: Routed, chunks?: Iterable<Uint8Array>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      if ((response.statusCode ?? 500) < 400) resolve(response);
      else
        textOf(response)
          .then((text) => reject(new Refusal(text)))
          .catch(reject);
    });
    sent.on('error', reject);
    for (const chunk of chunks ?? []) sent.write(chunk);
    sent.end(body);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  for await (const text of response.setEncoding('utf8')) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
