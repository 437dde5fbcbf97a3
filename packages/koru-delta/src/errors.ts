import { catalogue, type ErrorCode, type ErrorRecord, type Hint, type Suggestion } from './protocol.js';

export type { ErrorCode, ErrorRecord, Hint, Suggestion } from './protocol.js';

/**
 * What every call throws when it cannot do what was asked.
 *
 * {@link code} is stable; the texts are for people and may change. A failure that came from an `AbortSignal` has the
 * code `cancelled` and the name `AbortError`.
 *
 * @example
 * ```ts
 * try {
 *   await db.put('stock', 'A1', 4, { ifVersion: seen });
 * } catch (error) {
 *   if (error instanceof KoruDeltaError && error.code === 'conflict') console.log(error.facts.currentValue);
 *   else throw error;
 * }
 * ```
 */
export class KoruDeltaError extends Error {
  /** The kind of failure. */
  readonly code: ErrorCode;
  /** A short title. */
  readonly title: string;
  /** What happened and why, in one or two sentences. The same as `message`. */
  readonly detail: string;
  /** What was probably meant, nearest first. */
  readonly suggestions: readonly Suggestion[];
  /** What to do next, most useful first. */
  readonly hints: readonly Hint[];
  /** Whether the same call may succeed later without any change. */
  readonly retryable: boolean;
  /** The exit code of the `kdelta` command. */
  readonly exitCode: number;
  /** The HTTP status a server answers with. */
  readonly httpStatus: number;
  /** The page that explains the code. */
  readonly docs: string;
  /**
   * Machine-readable details, such as `currentVersion` and `currentValue` of a conflict or `line` of a bad line.
   * A number in them that JavaScript cannot carry exactly stands there as its text.
   */
  readonly facts: Readonly<Record<string, unknown>>;

  /** @internal */
  constructor(record: ErrorRecord, options?: ErrorOptions) {
    super(record.detail, options);
    const { code, title, detail, suggestions, hints, retryable, exitCode, httpStatus, docs, ...facts } = record;
    this.name = code === 'cancelled' ? 'AbortError' : 'KoruDeltaError';
    this.code = code;
    this.title = title;
    this.detail = detail;
    this.suggestions = suggestions;
    this.hints = hints;
    this.retryable = retryable;
    this.exitCode = exitCode;
    this.httpStatus = httpStatus;
    this.docs = docs;
    this.facts = facts;
  }

  /** The record, as it travels between languages. */
  toJSON(): ErrorRecord {
    const { code, title, detail, suggestions, hints, retryable, exitCode, httpStatus, docs, facts } = this;
    return {
      code,
      title,
      detail,
      suggestions: [...suggestions],
      hints: [...hints],
      retryable,
      exitCode,
      httpStatus,
      docs,
      ...facts,
    };
  }
}

/** A failure found on this side of the engine. */
export function failure(
  code: ErrorCode,
  detail: string,
  { hints = [], facts = {}, cause }: { hints?: Hint[]; facts?: Record<string, unknown>; cause?: unknown } = {},
): KoruDeltaError {
  const { title, retryable, exitCode, httpStatus } = catalogue[code];
  const record: ErrorRecord = {
    code,
    title,
    detail,
    suggestions: [],
    hints,
    retryable,
    exitCode,
    httpStatus,
    docs: `https://korudelta.io/errors/${code}`,
    ...facts,
  };
  return new KoruDeltaError(record, cause === undefined ? undefined : { cause });
}
