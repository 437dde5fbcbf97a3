import { type Failure, failure } from './failure.js';

const codes = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Ctrl-C and SIGTERM. The first asks the command to stop where it can do so cleanly: loops look at the signal, streams are
 * destroyed by it. The second ends the process at once, which the database survives like any crash.
 */
export class Interrupt {
  readonly #controller = new AbortController();
  /** Set where an interrupt is the end that the command is meant to have, which needs no word. */
  endsQuietly = false;
  #received: keyof typeof codes | undefined;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  listen(): void {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => this.receive(name));
  }

  /** Takes Ctrl-C for meant for somebody else: whoever started this process gets it too. */
  leaveToParent(): void {
    process.removeAllListeners('SIGINT');
    process.on('SIGINT', () => {});
  }

  receive(name: keyof typeof codes): void {
    if (this.#received) {
      die(name);
    } else {
      this.#received = name;
      this.#controller.abort();
    }
  }

  /** What stopping means here; `kept` says what was written before, when anything could have been. */
  failure(kept?: string): Failure {
    const detail = kept === undefined ? 'Interrupted.' : `Interrupted. ${kept}`;
    return failure('cancelled', codes[this.#received ?? 'SIGINT'], detail);
  }

  throwIfReceived(): void {
    if (this.#received) throw this.failure();
  }
}

/** Ends as if the signal had never been caught. An orderly exit would wait for system calls that do not return. */
function die(name: keyof typeof codes): void {
  process.removeAllListeners(name);
  process.kill(process.pid, name);
}
