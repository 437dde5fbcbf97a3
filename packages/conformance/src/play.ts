import { KoruDeltaError } from 'koru-delta';
import { type Client, type Fresh, Refusal } from './client.js';
import { expanded } from './expanded.js';
import { mismatch } from './mismatch.js';
import { Names } from './names.js';
import { parts } from './parts.js';
import type { Placed, Step } from './vector.js';

/** Carries a script out. Throws at the first step that does not go as it says. */
export async function play(script: Placed, fresh: Fresh): Promise<void> {
  const stage = new Stage(fresh);
  try {
    await stage.begin();
    await stage.all(script.steps, '');
  } catch (error) {
    const seed = script.seed === undefined ? '' : ` (seed ${script.seed})`;
    throw new Error(`${script.file}: ${script.name}${seed}: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  } finally {
    await stage.end();
  }
}

/** Lines are cut without regard to them, also within a character. */
const PIECE_BYTES = 7;

class Stage {
  readonly #fresh: Fresh;
  readonly #names = new Names();
  #client: Client | undefined;

  constructor(fresh: Fresh) {
    this.#fresh = fresh;
  }

  async begin(): Promise<void> {
    await this.end();
    this.#client = await this.#fresh();
  }

  async end(): Promise<void> {
    await this.#client?.close();
  }

  async all(steps: readonly Step[], above: string): Promise<void> {
    for (const [index, step] of steps.entries()) {
      try {
        await this.#carryOut(step);
      } catch (error) {
        const reason = error instanceof Error ? error.message : error;
        throw new Error(`step ${above}${index + 1}, ${JSON.stringify(step).slice(0, 300)}: ${reason}`, {
          cause: error,
        });
      }
    }
  }

  async #carryOut(step: Step): Promise<void> {
    if (step.fresh) return this.begin();
    if (step.close) return this.end();
    const answer = await this.#answer(step).catch((error: unknown) => {
      if (error instanceof KoruDeltaError) return new Refusal(JSON.stringify(error));
      if (error instanceof Refusal) return error;
      throw error;
    });
    if (answer instanceof Refusal) return this.#refused(step, answer);
    if (step.error) throw new Error(`it was to fail with ${JSON.stringify(step.error)} and answered ${answer}`);
    if (step.as !== undefined) this.#names.set(step.as, answer);
    if (step.expect !== undefined) check(mismatch(step.expect, answer, this.#names));
  }

  #refused({ error }: Step, refusal: Refusal): void {
    if (!error) throw refusal;
    check(mismatch({ ...error, '...': true }, refusal.record, this.#names));
  }

  async #answer(step: Step): Promise<string> {
    const client = this.#client as Client;
    const params = expanded(step.params ?? {}, this.#names);
    switch (step.op) {
      case 'watch':
        return this.#watched(client.watch(params), step);
      case 'export':
        return listOfLines(client.export(params));
      case 'import':
        return client.import(params, this.#pieces(step.lines));
      case 'load':
        return client.load(params, this.#pieces(step.lines));
      default:
        return client.call(step.op ?? '', params);
    }
  }

  async #watched(feed: AsyncIterable<string>, { take = 0, during = [] }: Step): Promise<string> {
    const seen: string[] = [];
    const reader = (async () => {
      for await (const version of feed) if (seen.push(version) === take) return;
    })();
    await Promise.all([reader, this.all(during, 'during ')]);
    return `[${seen.join(',')}]`;
  }

  *#pieces(lines: Step['lines'] = []): Generator<Uint8Array> {
    const all = typeof lines === 'string' ? parts(this.#names.get(lines)) : lines;
    const bytes = Buffer.from(all.map((line) => `${line}\n`).join(''));
    for (let from = 0; from < bytes.length; from += PIECE_BYTES) yield bytes.subarray(from, from + PIECE_BYTES);
  }
}

async function listOfLines(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return `[${Buffer.concat(all).toString('utf8').trimEnd().replaceAll('\n', ',')}]`;
}

function check(found: string | undefined): void {
  if (found !== undefined) throw new Error(found);
}
