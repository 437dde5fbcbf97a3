import type { Carrier } from './carrier.js';
import type { ConnectOptions } from './connect-options.js';
import { variable } from './environment.js';
import { failure, KoruDeltaError } from './errors.js';
import { HttpWire } from './http.js';
import { type Fetch, nodeFetch } from './node-fetch.js';
import { carryOver } from './remote.js';
import { Retries } from './retries.js';
import { throwIfAborted } from './signal.js';
import { StdioWire } from './stdio.js';
import type { Wire } from './wire.js';

/** The protocol that this client speaks: docs/protocol.md. */
const PROTOCOL = 1;

const TIMEOUT_MS = 30_000;
const RETRIES = 2;

/** The longest request of a server that does not say. */
const LINE_BYTES = 32 << 20;

/** Connects to a server, or starts a bridge, and sees that it is one. */
export async function connectTo(url: string | URL, options: ConnectOptions = {}): Promise<Carrier> {
  const { timeoutMs = TIMEOUT_MS, retries = RETRIES, signal } = options;
  checkNumber('timeoutMs', timeoutMs);
  checkNumber('retries', retries);
  throwIfAborted(signal);
  const wire = await wireTo(String(url), timeoutMs, options);
  try {
    return carryOver(wire, { retries, lineBytes: await hello(wire, String(url), retries, signal) });
  } catch (error) {
    await wire.close();
    throw error;
  }
}

async function wireTo(url: string, timeoutMs: number, options: ConnectOptions): Promise<Wire> {
  const { key = variable('KDELTA_API_KEY'), command } = options;
  if (url.startsWith('stdio:')) return StdioWire.start(url.slice('stdio:'.length), { command, timeoutMs });
  checkKey(key);
  return new HttpWire(serverUrl(url), { key, fetch: fetchOf(options), timeoutMs });
}

function fetchOf({ fetch }: ConnectOptions): Fetch {
  if (fetch === undefined && globalThis.process?.versions?.node !== undefined) return nodeFetch();
  return (fetch ?? globalThis.fetch) as Fetch;
}

/** Asks the other side what it speaks. Returns how long a request it takes. */
async function hello(wire: Wire, url: string, retries: number, signal: AbortSignal | undefined): Promise<number> {
  const params = JSON.stringify({ protocols: [PROTOCOL], client: 'javascript' });
  const ask = () => wire.request('hello', params, { signal, writes: false });
  // A server that is not there is more likely misspelled than late.
  const answer = await new Retries(retries, false)
    .run(ask, { repeatable: false, unreached: false, signal })
    .catch((error) => {
      throw refused(error, url);
    });
  const { protocol, limits } = JSON.parse(answer) as { protocol?: unknown; limits?: { lineBytes?: number } };
  if (protocol !== PROTOCOL) {
    throw failure(
      'unsupported_protocol',
      `The server at ${url} answers in protocol ${protocol}, and this client speaks ${PROTOCOL}.`,
    );
  }
  return limits?.lineBytes ?? LINE_BYTES;
}

/** What a failure means when nothing was said yet. */
function refused(error: unknown, url: string): unknown {
  if (!(error instanceof KoruDeltaError)) return error;
  switch (error.code) {
    case 'connection_lost':
    case 'timeout':
      return failure('unreachable', `No KoruDelta server answers at ${url}: ${error.detail}`, {
        hints: [{ text: 'Look whether the address and its port are those that `kdelta start` prints' }],
        cause: error,
      });
    case 'unauthorized':
      return new KoruDeltaError(
        {
          ...error.toJSON(),
          hints: [
            { text: 'With an API key', code: `await KoruDelta.connect(${JSON.stringify(url)}, { key })` },
            { text: 'To give it to every program, put it into the environment variable KDELTA_API_KEY' },
            { text: 'To make one, where the database is', command: 'kdelta key create' },
          ],
        },
        { cause: error },
      );
    default:
      return error;
  }
}

function serverUrl(text: string): URL {
  const example = [{ text: 'An example', code: "await KoruDelta.connect('http://127.0.0.1:7878')" }];
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw failure(
      'invalid_params',
      `'${text}' is not the address of a server, which begins with http:// or https://.`,
      {
        hints: [...example, { text: 'Of a folder', code: "await KoruDelta.startWithPath('./data')" }],
      },
    );
  }
  // Not shown: it may hold a password.
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw failure('invalid_params', 'The address of a server holds no user, password, query or fragment.', {
      hints: [...example, { text: 'The API key is an option', code: 'await KoruDelta.connect(url, { key })' }],
    });
  }
  return url;
}

/** What a header cannot carry is refused, without showing it. */
function checkKey(key: unknown): void {
  if (key === undefined || (typeof key === 'string' && /^[\x21-\x7e]+$/.test(key))) return;
  throw failure(
    'invalid_params',
    'The API key is not one: it has other characters than printable ones of ASCII, or none.',
  );
}

function checkNumber(name: string, value: unknown): void {
  if (typeof value === 'number' && value >= 0) return;
  throw failure('invalid_params', `${name} is a number that is not negative, not ${String(value)}.`);
}
