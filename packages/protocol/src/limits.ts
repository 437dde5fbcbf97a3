/**
 * What is refused for its size, in bytes of UTF-8 unless something else is said. The engine holds the same numbers; a test
 * compares them.
 */
export const limits = {
  /** A namespace. */
  namespaceBytes: 128,
  /** A key. */
  keyBytes: 1_024,
  /** A value as JSON text. */
  valueBytes: 16 << 20,
  /** Objects and arrays inside each other. */
  valueDepth: 128,
  /** `actor` and `reason`, each. */
  annotationBytes: 1_024,
  /** Versions in one batch. */
  batchVersions: 2 ** 24,
  /** Keys and values of one batch together. */
  batchBytes: 2 ** 30,
  /** Items on one page. */
  pageItems: 10_000,
  /** An idempotency key. */
  idempotencyKeyBytes: 64,
  /** A line of the wire, its line feed included. */
  lineBytes: 32 << 20,
  /** How long `changes` may be asked to wait, in milliseconds. */
  waitMs: 60_000,
} as const;
