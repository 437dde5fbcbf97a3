import type { Engine } from '../engine.js';
import { Refusal } from './refusal.js';

/** How much goes to the engine at once, so that nobody waits for too many others. */
const LINES_MAX = 4_096;
const BYTES_MAX = 8 << 20;

const OK = '{"jsonrpc":"2.0","id":0,"result":';

/** The params of a write as text: the body of a request, and what stands before and behind it. */
export interface Params {
  readonly before: string;
  readonly body: Buffer;
  readonly after: string;
}

interface Waiting {
  readonly line: Buffer;
  resolve(response: string): void;
  reject(error: unknown): void;
}

/**
 * Writes of many clients on their way to one engine. Those that come while others are on their way go together behind them
 * and share one sync of the disk.
 */
export class WriteLine {
  static readonly #all = new WeakMap<Engine, WriteLine>();
  readonly #engine: Engine;
  #waiting: Waiting[] = [];
  #running = false;

  private constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** The one of an engine. */
  static of(engine: Engine): WriteLine {
    const line = WriteLine.#all.get(engine) ?? new WriteLine(engine);
    WriteLine.#all.set(engine, line);
    return line;
  }

  /** Carries out one write, whose params are JSON text without a line feed. Resolves to its result as JSON text. */
  async write(method: string, params: Params): Promise<string> {
    const before = Buffer.from(`{"jsonrpc":"2.0","id":0,"method":"${method}","params":${params.before}`);
    return resultOf(await this.answer(Buffer.concat([before, params.body, Buffer.from(`${params.after}}\n`)])));
  }

  /** Carries out one request that writes and wants an answer, a line with its line feed. Resolves to its response, without. */
  answer(line: Buffer): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ line, resolve, reject });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    // Those that arrive in the same turn of the event loop go together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) await this.#send(this.#next());
    this.#running = false;
  }

  #next(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { line } of this.#waiting) {
      bytes += line.length;
      if (count > 0 && (bytes > BYTES_MAX || count === LINES_MAX)) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  /** Never fails: whatever happens is told to those who wait. */
  async #send(writes: Waiting[]): Promise<void> {
    try {
      const { answers } = await this.#engine.converse(Buffer.concat(writes.map(({ line }) => line)));
      const lines = answers.split('\n');
      writes.forEach(({ resolve }, index) => {
        resolve(lines[index] as string);
      });
    } catch (error) {
      for (const { reject } of writes) reject(error);
    }
  }
}

function resultOf(response: string): string {
  if (response.startsWith(OK)) return response.slice(OK.length, -1);
  // No string of JSON holds these characters: their quotes would be escaped. So the first are the member's own.
  throw new Refusal(response.slice(response.indexOf(',"data":') + ',"data":'.length, -2));
}
