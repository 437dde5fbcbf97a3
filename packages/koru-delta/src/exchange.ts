import { failure, KoruDeltaError } from './errors.js';
import { connectionLost, type Done, noAnswer, within } from './lost.js';
import { notSent, onAbort } from './signal.js';

/** What Node says when a connection could not even be made: nothing of the request has left. */
const unmade =
  /^(ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_\w+|CERT_\w+|\w*SELF_SIGNED\w*|UNABLE_TO_\w+)$/;

/** One request over HTTP and its answer. It ends by its time limit, by its caller, or when the connection is closed here. */
export class Exchange {
  readonly #controller = new AbortController();
  readonly #url: string;
  #stopped: KoruDeltaError | undefined;
  #forget: (() => void) | undefined;

  constructor(url: string, caller: AbortSignal | undefined) {
    this.#url = url;
    if (!caller) return;
    this.#forget = onAbort(caller, () => this.stop(notSent(caller)));
    if (caller.aborted) this.stop(notSent(caller));
  }

  /** Ends the request. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Ends it with a failure, which is what its steps then fail with. */
  stop(error: KoruDeltaError): void {
    this.#stopped ??= error;
    this.#controller.abort(this.#stopped);
  }

  /** Runs one step of it within the time limit; `outcome` says what a write has come to when the step fails on its way. */
  async step<T>(work: Promise<T>, limitMs: number, outcome: () => Done): Promise<T> {
    try {
      return await within(work, limitMs, () => this.stop(noAnswer(limitMs, outcome())));
    } catch (error) {
      throw this.#stopped ?? (error instanceof KoruDeltaError ? error : this.#broken(error, outcome()));
    }
  }

  /** Nothing more comes. */
  end(): void {
    this.#forget?.();
  }

  #broken(error: unknown, outcome: Done): KoruDeltaError {
    const { code, message } = causeOf(error);
    if (code !== undefined && unmade.test(code)) {
      return failure('unreachable', `Nothing that can be talked to answers at ${this.#url}: ${message || code}.`, {
        hints: [
          { text: 'To see whether a server runs there', command: `curl ${this.#url}/health` },
          { text: 'To start one', command: 'kdelta start --db ./data' },
        ],
        facts: outcome ? { outcome: 'not_done' } : {},
        cause: error,
      });
    }
    if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return noAnswer(300_000, outcome);
    return connectionLost(`The connection to ${this.#url} broke: ${message || code}.`, outcome, error);
  }
}

/** `fetch` hides what happened behind a cause, and behind one failure for each address of a name. */
function causeOf(error: unknown): { code?: string; message: string } {
  const { cause, errors, code, message } = error as {
    cause?: unknown;
    errors?: unknown[];
    code?: string;
    message?: string;
  };
  if (cause instanceof Error) return causeOf(cause);
  if (errors?.[0] instanceof Error) return causeOf(errors[0]);
  return { ...(typeof code === 'string' && { code }), message: message ?? String(error) };
}
