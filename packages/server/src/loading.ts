import { failure, KoruDeltaError } from 'koru-delta/inside';
import { elements } from './elements.js';
import type { Engine } from './engine.js';
import { LineJoiner } from './lines.js';

/** A line of a load, as long as the engine takes one. */
const LINE_BYTES_MAX = 64 << 20;

/** So much goes to the engine at once, where there is so much: each time costs the way to another thread and back. */
const PIECE_BYTES = 256 << 10;

/** How many lines that are left out are told one by one. */
const REJECTS_MAX = 1_000;

const FEED = 0x0a;

/** What takes chunks, and in the end makes something of them or not. */
interface Target {
  feed(chunk: Buffer): Promise<unknown>;
  finish(): Promise<string>;
  abort(): Promise<void>;
}

/** Lines that become one batch, or a history that is added: all of it when the chunks end, and nothing when they fail. */
export async function loaded(
  engine: Engine,
  method: 'import' | 'load',
  params: Record<string, unknown>,
  chunks: AsyncIterable<Buffer>,
): Promise<string> {
  const target = method === 'import' ? engine.carrier.importer(JSON.stringify(params)) : loadTarget(engine, params);
  try {
    for await (const chunk of chunks) await target.feed(chunk);
  } catch (error) {
    await target.abort();
    throw error;
  }
  const result = await target.finish();
  engine.touched();
  return result;
}

function loadTarget(engine: Engine, { form = 'items', ...params }: Record<string, unknown>): Target {
  if (form === 'items') return itemsTarget(engine, params);
  if (form === 'batches') return batchesTarget(engine, params);
  throw failure('invalid_params', "form is 'items' or 'batches'.");
}

/** Lines that are each one write. The first of those that are left out are told behind the receipt. */
function itemsTarget(engine: Engine, params: Record<string, unknown>): Target {
  const loader = engine.carrier.loader(JSON.stringify(params));
  const gathered: Buffer[] = [];
  let bytes = 0;
  const rejects: string[] = [];
  const give = async () => {
    bytes = 0;
    await loader.feed(Buffer.concat(gathered.splice(0)));
    if (params.skipBad !== true) return;
    // Taken out as they come, so that no more of them than that wait anywhere.
    const come = loader.rejects();
    if (rejects.length < REJECTS_MAX) rejects.push(...elements(come).slice(0, REJECTS_MAX - rejects.length));
  };
  return {
    async feed(chunk) {
      gathered.push(chunk);
      bytes += chunk.length;
      if (bytes >= PIECE_BYTES) await give();
    },
    async finish() {
      // The last line may have no end. With one it is looked at now, when it can still be told.
      gathered.push(Buffer.from('\n'));
      await give();
      const receipt = await loader.commit();
      return params.skipBad === true ? `${receipt.slice(0, -1)},"rejects":[${rejects.join()}]}` : receipt;
    },
    abort: () => loader.abort(),
  };
}

/** Lines that are each the params of `batch`, and together one batch. */
function batchesTarget(engine: Engine, params: Record<string, unknown>): Target {
  const batch = engine.carrier.batch(JSON.stringify(params));
  const joiner = new LineJoiner(LINE_BYTES_MAX);
  let line = 0;
  const add = async (bytes: Buffer) => {
    for (const one of linesOf(bytes)) {
      line += 1;
      if (!isBlank(one)) await batch.add(one).catch((error: unknown) => Promise.reject(inLine(line, error)));
    }
  };
  return {
    async feed(chunk) {
      const { bytes, tooLong } = joiner.push(chunk);
      if (tooLong > 0) throw failure('request_too_large', `A line is longer than ${LINE_BYTES_MAX} bytes.`);
      await add(bytes);
    },
    async finish() {
      await add(joiner.end());
      return batch.commit();
    },
    abort: () => batch.abort(),
  };
}

function* linesOf(bytes: Buffer): Generator<Buffer, void, undefined> {
  for (let start = 0; start < bytes.length; ) {
    const feed = bytes.indexOf(FEED, start);
    const end = feed < 0 ? bytes.length : feed;
    yield bytes.subarray(start, end);
    start = end + 1;
  }
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09);
}

/** What is wrong, as of any batch, and the line that it stands in. */
function inLine(line: number, error: unknown): unknown {
  if (!(error instanceof KoruDeltaError)) return error;
  const { code, detail, hints, facts } = error;
  return failure(code, detail, { hints: [...hints], facts: { ...facts, line } });
}
