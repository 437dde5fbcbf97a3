import { PassThrough } from 'node:stream';
import { onTestFinished } from 'vitest';
import { converse } from '../src/bridge.js';
import { Engine } from '../src/engine.js';

/** A message of the server. */
export interface Message {
  id?: number | string | null;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever came.
  result?: any;
  // biome-ignore lint/suspicious/noExplicitAny: the same.
  error?: any;
  method?: string;
  // biome-ignore lint/suspicious/noExplicitAny: the same.
  params?: any;
}

/** A client of a real engine over a pair of streams. */
export class Talk {
  readonly input = new PassThrough();
  readonly output = new PassThrough();
  readonly engine: Engine;
  readonly lines: string[] = [];
  readonly ended: Promise<void>;
  #rest = '';
  #waiting: { fits: (message: Message) => boolean; resolve: (message: Message) => void }[] = [];
  #seen: Message[] = [];
  #next = 1;

  private constructor(engine: Engine) {
    this.engine = engine;
    this.output.on('data', (chunk: Buffer) => this.#take(chunk.toString('utf8')));
    this.ended = converse(engine, this.input, this.output);
  }

  static async begin(options: object = {}): Promise<Talk> {
    const engine = await Engine.open(options);
    const talk = new Talk(engine);
    onTestFinished(async () => {
      talk.input.end();
      await talk.ended;
      await engine.close();
    });
    return talk;
  }

  /** Sends a text as it is. */
  raw(text: string): void {
    this.input.write(text);
  }

  /** Sends a message. */
  send(message: object): void {
    this.raw(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  /** Calls a method and waits for its response. */
  async call(method: string, params: object = {}): Promise<Message> {
    const id = this.#next;
    this.#next += 1;
    this.send({ id, method, params });
    return this.message((message) => message.id === id);
  }

  /** The first message, come or to come, that fits and was not taken yet. */
  message(fits: (message: Message) => boolean): Promise<Message> {
    const index = this.#seen.findIndex(fits);
    if (index >= 0) return Promise.resolve(this.#seen.splice(index, 1)[0] as Message);
    return new Promise((resolve) => this.#waiting.push({ fits, resolve }));
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      this.lines.push(line);
      const message = JSON.parse(line) as Message;
      const index = this.#waiting.findIndex(({ fits }) => fits(message));
      if (index < 0) this.#seen.push(message);
      else this.#waiting.splice(index, 1)[0]?.resolve(message);
    }
  }
}
