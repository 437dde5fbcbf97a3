import { type BridgeProcess, failureIn, startBridge } from './bridge-process.js';
import { encode } from './bytes.js';
import { failure, type KoruDeltaError } from './errors.js';
import { connectionLost, type Done, noAnswer, within } from './lost.js';
import { messageOf, requestLine, resultOf } from './rpc.js';
import { notSent, onAbort } from './signal.js';
import { Utf8Pieces } from './utf8-pieces.js';
import type { Download, Sending, Upload, Wire } from './wire.js';

/** What a bridge is started with. */
export interface BridgeOptions {
  readonly command?: string | readonly string[] | undefined;
  readonly timeoutMs: number;
}

/** So many messages of an export may be on their way. */
const AHEAD = 4;

/** A call that is not answered yet. */
interface Pending {
  /** Whether all of its request has left. */
  sent: boolean;
  readonly writes: boolean;
  resolve(response: string): void;
  reject(error: unknown): void;
  /** Takes a message that is not the answer. */
  event?(method: string, params: Readonly<Record<string, unknown>>): void;
}

/** A wire to a bridge: a child process that reads requests from its standard input and answers on its standard output. */
export class StdioWire implements Wire {
  readonly reconnects = false;
  readonly #bridge: BridgeProcess;
  readonly #timeoutMs: number;
  readonly #pending = new Map<number, Pending>();
  readonly #ended: Promise<void>;
  #next = 1;
  /** What a call fails with that comes too late. */
  #over: ((outcome: Done) => KoruDeltaError) | undefined;
  #rest: Buffer[] = [];

  private constructor(bridge: BridgeProcess, timeoutMs: number) {
    this.#bridge = bridge;
    this.#timeoutMs = timeoutMs;
    bridge.output.on('data', (chunk: Buffer) => this.#take(chunk));
    // A bridge that is gone is known by its end.
    bridge.input.on('error', () => {});
    this.#ended = new Promise((resolve) => {
      bridge.child.once('close', (code, signal) => {
        this.#lose(signal ?? `exit code ${code}`);
        resolve();
      });
    });
    this.#hold();
  }

  /** Starts the bridge to a folder; without a path, to a database in memory. */
  static async start(path: string, { command, timeoutMs }: BridgeOptions): Promise<StdioWire> {
    return new StdioWire(await startBridge(path, command), timeoutMs);
  }

  async request(method: string, params: string | Uint8Array, sending: Sending): Promise<string> {
    const { signal, waitMs = 0, writes } = sending;
    const { id, answer } = this.#call(method, params, writes);
    const forget = signal && onAbort(signal, () => this.#giveUp(id, notSent(signal)));
    try {
      return await this.#within(id, answer, this.#timeoutMs + waitMs);
    } finally {
      forget?.();
    }
  }

  upload(method: 'load' | 'import', params: Readonly<Record<string, unknown>>): Upload {
    let credit = 0;
    let more: (() => void) | undefined;
    const { id, answer, pending } = this.#call(method, JSON.stringify(params), true, (_, given) => {
      credit += Number(given.more);
      more?.();
    });
    // The server writes nothing before the end, so without it nothing is done.
    pending.sent = false;
    const pieces = new Utf8Pieces();
    const granted = () =>
      new Promise<void>((resolve) => {
        more = resolve;
      });
    const send = async (texts: Iterable<string>) => {
      for (const text of texts) {
        while (credit === 0) await this.#within(id, Promise.race([granted(), answer]), this.#timeoutMs);
        credit -= 1;
        this.#write('chunk', { id, text });
      }
      // What the server has against a chunk, it may have said meanwhile.
      await Promise.race([answer, undefined]);
    };
    return {
      send: (chunk) => send([...pieces.of(chunk)]),
      end: async () => {
        pieces.end();
        pending.sent = true;
        this.#write('end', { id });
        return this.#within(id, answer, this.#timeoutMs);
      },
      abort: async () => this.#giveUp(id, failure('cancelled', 'The stream was ended before its end.')),
    };
  }

  download(method: 'export', params: Readonly<Record<string, unknown>>): Download {
    const texts: string[] = [];
    let arrived: (() => void) | undefined;
    const { id, answer } = this.#call(method, JSON.stringify({ ...params, credit: AHEAD }), false, (_, { text }) => {
      texts.push(String(text));
      arrived?.();
    });
    const next = async (): Promise<string | undefined> => {
      if (texts.length > 0) return texts.shift();
      const waiting = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      await this.#within(id, Promise.race([waiting, answer]), this.#timeoutMs);
      return texts.shift();
    };
    return {
      next: async () => {
        const text = await next();
        if (text === undefined) return null;
        this.#write('credit', { id, more: 1 });
        return encode(text);
      },
      abort: async () => this.#giveUp(id, failure('cancelled', 'The stream was ended before its end.')),
    };
  }

  /** The bridge finishes what it was told and ends with its input; one that does not is made to. */
  async close(): Promise<void> {
    const closed = failure('closed', 'The database is closed.');
    this.#over ??= () => closed;
    for (const id of [...this.#pending.keys()]) this.#giveUp(id, closed);
    this.#hold(true);
    this.#bridge.input.end();
    await within(this.#ended, this.#timeoutMs, () => this.#bridge.child.kill('SIGKILL'));
  }

  #call(method: string, params: string | Uint8Array, writes: boolean, event?: Pending['event']) {
    const id = this.#next;
    this.#next += 1;
    let pending!: Pending;
    const response = new Promise<string>((resolve, reject) => {
      pending = { sent: false, writes, resolve, reject, ...(event && { event }) };
    });
    const answer = answerIn(id, response, pending);
    // Whoever waits for a part of it looks at it then.
    answer.catch(() => {});
    if (this.#over) {
      pending.reject(this.#over(writes ? 'not_done' : undefined));
      return { id, answer, pending };
    }
    this.#pending.set(id, pending);
    this.#hold();
    this.#bridge.input.write(requestLine(id, method, params), (error) => {
      if (!error && !event) pending.sent = true;
    });
    return { id, answer, pending };
  }

  #write(method: string, params: object): void {
    if (!this.#over) this.#bridge.input.write(requestLine(undefined, method, JSON.stringify(params)));
  }

  #within<T>(id: number, work: Promise<T>, limitMs: number): Promise<T> {
    return within(work, limitMs, () => this.#giveUp(id, noAnswer(limitMs, outcomeOf(this.#pending.get(id)))));
  }

  /** Ends a call here, and asks the server to end it there. */
  #giveUp(id: number, error: KoruDeltaError): void {
    const pending = this.#settle(id);
    if (!pending) return;
    this.#write('cancel', { id });
    pending.reject(error);
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    this.#hold();
    return pending;
  }

  #take(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(FEED); end >= 0; end = chunk.indexOf(FEED, from)) {
      this.#rest.push(chunk.subarray(from, end));
      this.#line(Buffer.concat(this.#rest).toString('utf8'));
      this.#rest = [];
      from = end + 1;
    }
    if (from < chunk.length) this.#rest.push(chunk.subarray(from));
  }

  #line(line: string): void {
    const id = Number(/^\{"jsonrpc":"2\.0","id":(\d+),/.exec(line)?.[1]);
    const called = this.#settle(id);
    if (called) {
      called.resolve(line);
      return;
    }
    const { method, params } = messageOf(line) ?? {};
    if (method && params) this.#pending.get(Number(params.id))?.event?.(method, params);
  }

  #lose(how: string): void {
    const words = this.#bridge.lastWords();
    const own = failureIn(words);
    const what = `The bridge ended (${how})${words === '' || own ? '' : `; it said: ${words}`}.`;
    this.#over ??= (outcome) => connectionLost(what, outcome, own);
    for (const [id, pending] of this.#pending) {
      this.#pending.delete(id);
      pending.reject(own ?? connectionLost(what, outcomeOf(pending)));
    }
  }

  /** A bridge keeps the process alive only as long as something is expected of it. */
  #hold(always = false): void {
    const act = always || this.#pending.size > 0 ? 'ref' : 'unref';
    const { child } = this.#bridge;
    for (const one of [child, child.stdin, child.stdout, child.stderr] as ({ ref?(): void; unref?(): void } | null)[]) {
      one?.[act]?.();
    }
  }
}

const FEED = 0x0a;

/** Read by whoever waits, so that the stack of a failure leads to the caller. */
async function answerIn(id: number, response: Promise<string>, pending: Pending): Promise<string> {
  const result = resultOf(await response, id);
  if (result === undefined) throw connectionLost('The answer is none.', outcomeOf(pending));
  return result;
}

function outcomeOf(pending: Pending | undefined): Done {
  if (!pending?.writes) return undefined;
  return pending.sent ? 'unknown' : 'not_done';
}
