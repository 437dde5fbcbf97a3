import { Agent, type ClientRequest, get, type IncomingMessage } from 'node:http';

/** Somebody who waits for a mark in what comes. */
interface Waiting {
  readonly mark: string;
  heard(milliseconds: number): void;
}

/** Clients of a feed of server-sent events, each with a connection of its own. */
export class Listeners {
  readonly #agent = new Agent();
  readonly #requests: ClientRequest[] = [];
  #waiting: Waiting | undefined;
  #round = 0;

  /** Connects so many, and waits until all of them have been let in. */
  static async connect(url: string, count: number): Promise<Listeners> {
    const listeners = new Listeners();
    await Promise.all(Array.from({ length: count }, () => listeners.#connect(url)));
    return listeners;
  }

  /** Resolves to the time that each took to be told of a mark, in milliseconds from now on. */
  hear(mark: string): Promise<number[]> {
    const started = performance.now();
    const times: number[] = [];
    this.#round += 1;
    return new Promise((resolve) => {
      this.#waiting = {
        mark,
        heard: (now) => {
          if (times.push(now - started) === this.#requests.length) resolve(times);
        },
      };
    });
  }

  end(): void {
    for (const request of this.#requests) request.destroy();
    this.#agent.destroy();
  }

  #connect(url: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const request = get(url, { agent: this.#agent }, (response) => {
        this.#listen(response);
        resolve();
      });
      // One that is ended here fails by that.
      request.on('error', (error) => (request.destroyed ? undefined : reject(error)));
      this.#requests.push(request);
    });
  }

  #listen(response: IncomingMessage): void {
    let rest = '';
    let round = 0;
    response.setEncoding('latin1').on('data', (piece: string) => {
      const waiting = this.#waiting;
      if (!waiting || round === this.#round) return;
      // A mark may be cut in two.
      const text = rest + piece;
      rest = text.slice(-waiting.mark.length);
      if (!text.includes(waiting.mark)) return;
      round = this.#round;
      rest = '';
      waiting.heard(performance.now());
    });
    response.on('error', () => {});
  }
}
