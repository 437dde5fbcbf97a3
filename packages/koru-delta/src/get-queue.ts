import { requestLine, resultOf } from './rpc.js';

/** So many gets go in one request: the answers together are a text that JavaScript can hold, however long the values are. */
const TOGETHER = 16;

/** A get whose answer has not come. */
interface Waiting {
  readonly params: string;
  resolve(result: string): void;
  reject(error: unknown): void;
}

/** Gets on their way over HTTP. Those that are asked for in one tick go together, since a request costs more than its gets. */
export class GetQueue {
  readonly #send: (lines: Uint8Array) => Promise<string>;
  readonly #noAnswer: () => unknown;
  #waiting: Waiting[] = [];

  /** `send` carries lines of requests and resolves to those of the answers; `noAnswer` makes the failure of one without. */
  constructor(send: (lines: Uint8Array) => Promise<string>, noAnswer: () => unknown) {
    this.#send = send;
    this.#noAnswer = noAnswer;
  }

  /** Resolves to the JSON text of the result. */
  get(params: string): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ params, resolve, reject }) === 1) queueMicrotask(() => this.#depart());
    });
  }

  #depart(): void {
    const all = this.#waiting;
    this.#waiting = [];
    for (let from = 0; from < all.length; from += TOGETHER) void this.#carry(all.slice(from, from + TOGETHER));
  }

  /** Never fails: whatever happens is told to those who wait. */
  async #carry(gets: readonly Waiting[]): Promise<void> {
    try {
      const lines = gets.map(({ params }, index) => requestLine(index + 1, 'get', params));
      const answers = (await this.#send(joined(lines))).split('\n');
      for (const [index, get] of gets.entries()) this.#land(get, answers[index] ?? '', index + 1);
    } catch (error) {
      for (const { reject } of gets) reject(error);
    }
  }

  #land({ resolve, reject }: Waiting, answer: string, id: number): void {
    try {
      const result = resultOf(answer, id);
      if (result === undefined) reject(this.#noAnswer());
      else resolve(result);
    } catch (error) {
      reject(error);
    }
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((bytes, part) => bytes + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
