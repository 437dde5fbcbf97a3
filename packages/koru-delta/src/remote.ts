import { encode } from './bytes.js';
import type { Batch, CallOptions, Carrier, Exporter, Importer, LineLoader } from './carrier.js';
import { failure } from './errors.js';
import { memberText } from './member.js';
import { operations } from './protocol.js';
import { Retries } from './retries.js';
import { framed } from './rpc.js';
import type { Upload, Wire } from './wire.js';

/**
 * How long one call of `changes` waits, in milliseconds. Proxies that know of no traffic cut a connection after half a
 * minute or more.
 */
const FEED_WAIT_MS = 25_000;

/** What reads every byte and takes as long as there are any. */
const unhurried: ReadonlySet<string> = new Set(['verify']);

/** How calls are carried over a wire. */
interface Terms {
  /** How often a call that failed on its way is tried again. */
  readonly retries: number;
  /** The longest request that the server takes, in bytes. */
  readonly lineBytes: number;
}

/** Carries calls over a wire to an engine elsewhere. */
export function carryOver(wire: Wire, { retries, lineBytes }: Terms): Carrier {
  const tries = new Retries(retries, wire.reconnects);

  const send = async (method: string, params: string | Uint8Array, reads: boolean, options: CallOptions = {}) => {
    const { signal, repeatable = false } = options;
    const waitMs = unhurried.has(method) ? Number.POSITIVE_INFINITY : options.waitMs;
    checkLength(params, lineBytes);
    const sending = { signal, waitMs, writes: !reads };
    return tries.run(() => wire.request(method, params, sending), { repeatable: reads || repeatable, signal });
  };

  const call = (op: string, params: string, options?: CallOptions) => send(op, params, reads(op), options);

  return {
    feedWaitMs: FEED_WAIT_MS,
    pieceItems: 1_024,
    call,
    callNow: call,
    callMany: (calls, options) => send('many', framed('{"calls":', calls, '}'), options?.reads ?? false, options),
    getPlain: () => undefined,
    async getText(namespace, key, at, options) {
      const found = await call('get', JSON.stringify({ namespace, key, at }), options);
      return memberText(found, 'value') ?? null;
    },
    batchLines(bytes, params, options) {
      // To be sent again it has to stay what it is.
      const lines = options?.repeatable ? bytes.slice() : bytes;
      const attempt = async () => {
        const upload = wire.upload('load', JSON.parse(params));
        await upload.send(lines);
        return upload.end();
      };
      return tries.run(attempt, { repeatable: options?.repeatable ?? false, signal: options?.signal });
    },
    repeat: (work, signal) => tries.run(work, { repeatable: true, signal }),
    batch: (params) => batchOf(wire.upload('load', { ...JSON.parse(params), form: 'batches' })),
    loader: (params) => loaderOf(wire.upload('load', JSON.parse(params))),
    exporter: (params): Exporter => wire.download('export', JSON.parse(params)),
    importer: (params) => importerOf(wire.upload('import', JSON.parse(params))),
    close: () => wire.close(),
  };
}

/** What a request has beside its params. */
const ENVELOPE_BYTES = 256;

function checkLength(params: string | Uint8Array, lineBytes: number): void {
  const room = lineBytes - ENVELOPE_BYTES;
  // A UTF-16 unit becomes three bytes at most.
  if (params.length * (typeof params === 'string' ? 3 : 1) <= room) return;
  const bytes = typeof params === 'string' ? encode(params).length : params.length;
  if (bytes <= room) return;
  throw failure('request_too_large', `The call has ${bytes} bytes, and the server takes ${lineBytes}.`, {
    hints: [{ text: 'Give many values to batchPut as a stream, which goes in pieces' }],
    facts: { outcome: 'not_done' },
  });
}

/** Whether an operation changes nothing; one that this version does not know may. */
function reads(op: string): boolean {
  return (operations as Partial<Record<string, { kind: string }>>)[op]?.kind === 'read';
}

function batchOf(upload: Upload): Batch {
  return {
    add: (params) => upload.send(framed('', params, '\n')),
    commit: () => upload.end(),
    abort: () => upload.abort(),
  };
}

function loaderOf(upload: Upload): LineLoader {
  return {
    feed: (chunk) => upload.send(chunk),
    rejects: () => '[]',
    commit: () => upload.end(),
    abort: () => upload.abort(),
  };
}

function importerOf(upload: Upload): Importer {
  return {
    feed: (chunk) => upload.send(chunk),
    finish: () => upload.end(),
    abort: () => upload.abort(),
  };
}
