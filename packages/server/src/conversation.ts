import { failure, throwIfAborted, untilAborted } from 'koru-delta/inside';
import { Credit } from './credit.js';
import type { Engine } from './engine.js';
import { hello } from './hello.js';
import { Intake } from './intake.js';
import { LINE_BYTES_MAX } from './lines.js';
import { loaded } from './loading.js';
import { chunkOf, errorText, notification, type Request, resultText } from './message.js';
import { polled } from './poll.js';
import { exported, type Outlet, watched } from './streams.js';

/** The methods of a conversation that are not operations of the database. */
const control = ['hello', 'cancel', 'credit', 'chunk', 'end'] as const;

/** A count that a client names; anything else is none. */
function whole(value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : 0;
}

const FEED = 0x0a;

/** A call under way. */
interface Call {
  readonly stop: AbortController;
  readonly credit: Credit;
  readonly intake?: Intake;
}

/**
 * One client's conversation, whatever carries it: lines in, lines out. Writes and gets are carried out in the order of their
 * lines; what takes long is answered when it is done.
 */
export class Conversation {
  readonly #engine: Engine;
  readonly #send: (text: string) => void;
  readonly #calls = new Map<string, Call>();
  readonly #running = new Set<Promise<void>>();

  /** `send` takes whole lines. */
  constructor(engine: Engine, send: (text: string) => void) {
    this.#engine = engine;
    this.#send = send;
  }

  /** Carries out whole lines. Resolves when their writes are answered; what takes long goes on. */
  async take(lines: Buffer): Promise<void> {
    const rest = this.#takeChunks(lines);
    if (rest.length === 0) return;
    const { answers, left } = await this.#engine.converse(rest);
    if (answers !== '') this.#send(answers);
    for (const line of left) this.#control(JSON.parse(line) as Request);
  }

  /** Answers a line that was too long to be read. */
  refuseLine(): void {
    const detail = `A line is longer than ${LINE_BYTES_MAX} bytes and was passed over.`;
    this.#send(errorText(null, failure('request_too_large', detail)));
  }

  /** Waits for what is under way, after the streams were ended. */
  async close(): Promise<void> {
    for (const { stop } of this.#calls.values()) stop.abort();
    await Promise.all(this.#running);
  }

  /** Takes the chunks that come first, and leaves the rest: they are long, and the engine would only give them back. */
  #takeChunks(lines: Buffer): Buffer {
    let rest = lines;
    while (rest.length > 0) {
      const feed = rest.indexOf(FEED);
      const end = feed < 0 ? rest.length : feed;
      const chunk = chunkOf(rest.subarray(0, end));
      if (!chunk) break;
      this.#control(chunk);
      rest = rest.subarray(end + 1);
    }
    return rest;
  }

  #control(request: Request): void {
    const { id, method } = request;
    const params = request.params ?? {};
    const call = this.#calls.get(String(params.id));
    switch (method) {
      case 'cancel':
        call?.stop.abort();
        return;
      case 'credit':
        call?.credit.add(whole(params.more));
        return;
      case 'chunk':
        call?.intake?.push(String(params.text));
        return;
      case 'end':
        call?.intake?.end();
        return;
      default:
        this.#start(id, method, params);
    }
  }

  #intake(id: Request['id']): Intake {
    return new Intake((more) => this.#send(notification('credit', `{"id":${JSON.stringify(id)},"more":${more}}`)));
  }

  #start(id: Request['id'], method: string, params: Record<string, unknown>): void {
    const name = String(id);
    if (this.#calls.has(name)) {
      this.#send(errorText(id, failure('bad_request', `The id ${name} is that of a call that is still under way.`)));
      return;
    }
    const { credit = 0, ...rest } = params;
    const call: Call = {
      stop: new AbortController(),
      credit: new Credit(whole(credit)),
      ...(method === 'import' || method === 'load' ? { intake: this.#intake(id) } : {}),
    };
    this.#calls.set(name, call);
    const work = this.#run(id, method, rest, call).finally(() => {
      this.#calls.delete(name);
      this.#running.delete(work);
    });
    this.#running.add(work);
  }

  async #run(id: Request['id'], method: string, params: Record<string, unknown>, call: Call): Promise<void> {
    try {
      const result = await this.#answer(id, method, params, call);
      if (id !== undefined) this.#send(resultText(id, result));
    } catch (error) {
      if (id !== undefined) this.#send(errorText(id, error));
    }
  }

  async #poll(params: Record<string, unknown>, stop: AbortSignal): Promise<string> {
    const page = await polled(this.#engine, params, [stop]);
    throwIfAborted(stop);
    return page;
  }

  async #answer(id: Request['id'], method: string, params: Record<string, unknown>, call: Call): Promise<string> {
    const outlet: Outlet = {
      signal: call.stop.signal,
      room: () => call.credit.take(call.stop.signal),
      send: (members) => this.#send(notification('event', `{"id":${JSON.stringify(id)},${members}}`)),
    };
    switch (method) {
      case 'hello':
        return hello(params, control);
      case 'watch':
        return watched(this.#engine, params, outlet);
      case 'export':
        return exported(this.#engine, params, outlet);
      case 'import':
      case 'load':
        return loaded(this.#engine, method, params, (call.intake as Intake).chunks(call.stop.signal));
      case 'changes':
        if (params.waitMs !== undefined) return this.#poll(params, call.stop.signal);
        break;
    }
    return untilAborted(this.#engine.carrier.call(method, JSON.stringify(params)), call.stop.signal);
  }
}
