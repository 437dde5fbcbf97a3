/** Every code a failure can have. The same text in every language, on the wire and in the command's exit codes. */
export type ErrorCode =
  | 'key_not_found'
  | 'key_deleted'
  | 'not_yet_written'
  | 'pruned'
  | 'conflict'
  | 'nothing_to_revert'
  | 'invalid_namespace'
  | 'invalid_key'
  | 'invalid_json'
  | 'value_too_large'
  | 'batch_too_large'
  | 'number_not_exact'
  | 'invalid_moment'
  | 'invalid_cursor'
  | 'invalid_params'
  | 'unknown_operation'
  | 'invalid_line'
  | 'import_refused'
  | 'export_damaged'
  | 'database_locked'
  | 'database_not_found'
  | 'not_a_database'
  | 'newer_format'
  | 'corrupt'
  | 'seal_key_required'
  | 'wrong_seal_key'
  | 'not_sealed'
  | 'invalid_seal_key'
  | 'read_only'
  | 'permission_denied'
  | 'disk_full'
  | 'io_error'
  | 'poisoned'
  | 'closed'
  | 'internal'
  | 'cancelled';

/** Something near to what was asked for, and in which way it is near. */
export interface Suggestion {
  /** What was probably meant. */
  text: string;
  /** How it relates to what was asked, such as `different spelling`. */
  why: string;
}

/** A next step: a sentence, and what does it where there is something that does. */
export interface Hint {
  text: string;
  /** The command line that does it. */
  command?: string;
  /** The JavaScript that does it. */
  code?: string;
}

/** A failure as it travels between languages. Members beside the named ones are facts. */
export interface ErrorRecord {
  code: ErrorCode;
  title: string;
  detail: string;
  suggestions: Suggestion[];
  hints: Hint[];
  retryable: boolean;
  exitCode: number;
  httpStatus: number;
  docs: string;
  [fact: string]: unknown;
}

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

/** The failures that are found before a call crosses to the engine, as the engine's catalogue has them. */
const known = {
  key_deleted: { title: 'Key was deleted', exitCode: 3, httpStatus: 404 },
  invalid_namespace: { title: 'Invalid namespace', exitCode: 2, httpStatus: 400 },
  invalid_key: { title: 'Invalid key', exitCode: 2, httpStatus: 400 },
  invalid_json: { title: 'Invalid JSON', exitCode: 2, httpStatus: 400 },
  value_too_large: { title: 'Value too large', exitCode: 2, httpStatus: 413 },
  invalid_moment: { title: 'Invalid moment', exitCode: 2, httpStatus: 400 },
  invalid_params: { title: 'Invalid parameters', exitCode: 2, httpStatus: 400 },
  invalid_seal_key: { title: 'Unusable key', exitCode: 7, httpStatus: 400 },
  number_not_exact: { title: 'Number not exact in JavaScript', exitCode: 2, httpStatus: 400 },
  closed: { title: 'Database is closed', exitCode: 1, httpStatus: 409 },
  cancelled: { title: 'Cancelled', exitCode: 130, httpStatus: 499 },
} as const;

/** A failure found on this side of the engine. */
export function failure(
  code: keyof typeof known,
  detail: string,
  { hints = [], facts = {}, cause }: { hints?: Hint[]; facts?: Record<string, unknown>; cause?: unknown } = {},
): KoruDeltaError {
  const record: ErrorRecord = {
    code,
    title: known[code].title,
    detail,
    suggestions: [],
    hints,
    retryable: false,
    exitCode: known[code].exitCode,
    httpStatus: known[code].httpStatus,
    docs: `https://korudelta.io/errors/${code}`,
    ...facts,
  };
  return new KoruDeltaError(record, cause === undefined ? undefined : { cause });
}
