/**
 * What carries calls to an engine, wherever it runs. Everything is the engine's own JSON text; a failure is a
 * {@link KoruDeltaError}. Nothing above this interface knows how an engine is reached.
 */
export interface Carrier {
  /** Runs one operation without holding up the event loop. */
  call(op: string, params: string): Promise<string>;

  /** Runs one small read: at once where the engine lives in this thread, later where it does not. */
  callNow(op: string, params: string): string | Promise<string>;

  /**
   * Runs many writes in their order, each on its own, with one sync for all: `[{op, params}]` in UTF-8 to `[{ok} | {error}]`.
   * Here and below, bytes that are given may be changed once the call has returned its promise.
   */
  callMany(calls: Uint8Array): Promise<string>;

  /**
   * The text of one value, when it is at hand and `JSON.parse` reads it exactly; null when there is none; undefined when
   * {@link getText} has to be asked.
   */
  getPlain(namespace: string, key: string, at: string | undefined): string | null | undefined;

  /** The text of one value, or null when there is none. */
  getText(namespace: string, key: string, at: string | undefined): string | null | Promise<string | null>;

  /** Writes lines of JSON in one atomic batch. */
  batchLines(bytes: Uint8Array, options: string): Promise<string>;

  /**
   * Carries out lines of JSON-RPC. Resolves to an array of the requests that are left to the caller as the first line, and the
   * responses to the others as those that follow.
   */
  converse(lines: Uint8Array): Promise<string>;

  /** Starts a batch whose writes arrive in pieces. */
  batch(options: string): Batch;

  /** Starts a batch of lines that arrives in chunks. */
  loader(options: string): LineLoader;

  /** Starts an export. */
  exporter(options: string): Exporter;

  /** Starts an import. */
  importer(options: string): Importer;

  /** Lets go of the engine. Later calls fail with the code `closed`; closing again does nothing. */
  close(): Promise<void>;
}

/** A batch on its way. Each call waits for the one before. */
export interface Batch {
  /** Takes the next writes, as the params of the operation `batch` in UTF-8. */
  add(params: Uint8Array): Promise<void>;
  /** Writes everything that was added, and ends. */
  commit(): Promise<string>;
  /** Ends without writing anything. */
  abort(): Promise<void>;
}

/** A batch of lines on its way. Each call waits for the one before. */
export interface LineLoader {
  /** Takes the next chunk, cut anywhere. */
  feed(chunk: Uint8Array): Promise<string>;
  /** The lines that were skipped since the last call, as JSON. */
  rejects(): string;
  /** Writes everything that was fed, and ends. */
  commit(): Promise<string>;
  /** Ends without writing anything. */
  abort(): Promise<void>;
}

/** An export on its way. */
export interface Exporter {
  /** The next chunk, or null after the last. */
  next(): Promise<Uint8Array | null>;
  /** Ends early. */
  abort(): Promise<void>;
}

/** An import on its way. Each call waits for the one before. */
export interface Importer {
  /** Takes the next chunk, cut anywhere. */
  feed(chunk: Uint8Array): Promise<number>;
  /** Adds what was fed, all of it or nothing, and ends. */
  finish(): Promise<string>;
  /** Ends without adding anything. */
  abort(): Promise<void>;
}
