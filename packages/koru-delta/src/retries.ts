import { failure, KoruDeltaError } from './errors.js';
import { onAbort } from './signal.js';

const FIRST_MS = 500;
const LONGEST_MS = 8_000;
/** A server that wants to be left alone for longer is not waited for so long. */
const ASKED_MAX_MS = 60_000;

/** Failures that say that nothing was done, so that any call may follow them. */
const harmless: ReadonlySet<string> = new Set(['rate_limited', 'unavailable']);

/** When a call may be sent again. */
interface Terms {
  /** Whether it may be even when it may have been done. */
  readonly repeatable: boolean;
  /** Whether a server that was not there is looked for again; true when not given. */
  readonly unreached?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Sends calls again that failed on their way, as docs/protocol.md says under "Trying again". */
export class Retries {
  readonly #most: number;
  readonly #reconnects: boolean;

  /** After the first time, a call is tried `most` times more; without reconnecting, a connection that broke is the end. */
  constructor(most: number, reconnects: boolean) {
    this.#most = most;
    this.#reconnects = reconnects;
  }

  /** Runs an attempt until it does not fail, or must not be made again. */
  async run<T>(attempt: () => Promise<T>, terms: Terms): Promise<T> {
    for (let failed = 0; ; failed += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (failed >= this.#most || !(error instanceof KoruDeltaError) || !this.#mayFollow(error, terms)) throw error;
        await pause(pauseMs(failed, error), terms.signal);
      }
    }
  }

  #mayFollow({ code, retryable }: KoruDeltaError, { repeatable, unreached = true }: Terms): boolean {
    if (code === 'unreachable') return unreached;
    if (harmless.has(code)) return true;
    if (code === 'connection_lost') return repeatable && this.#reconnects;
    return repeatable && retryable && code !== 'conflict';
  }
}

/** What the server asked for; else twice as long each time, less a random quarter. */
function pauseMs(failed: number, { facts }: KoruDeltaError): number {
  if (typeof facts.retryAfterMs === 'number') return Math.min(facts.retryAfterMs, ASKED_MAX_MS);
  return Math.min(FIRST_MS * 2 ** failed, LONGEST_MS) * (1 - Math.random() / 4);
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      forget?.();
      resolve();
    }, ms);
    const stop = () => {
      clearTimeout(timer);
      reject(
        failure('cancelled', 'The call was cancelled while it waited to be tried again.', { cause: signal?.reason }),
      );
    };
    const forget = signal && onAbort(signal, stop);
    if (signal?.aborted) stop();
  });
}
