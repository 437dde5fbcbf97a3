/** How a call is to be carried. */
export interface CallOptions {
  /** Lets go of the call when this aborts; a carrier in this process does not look at it. */
  readonly signal?: AbortSignal | undefined;
  /** How long the operation itself waits for something, in milliseconds, which is no reason to give it up. */
  readonly waitMs?: number | undefined;
  /** Of `callMany`, that all calls are reads. */
  readonly reads?: boolean | undefined;
  /** Whether the call may be sent again when its answer was lost. Reads always may. */
  readonly repeatable?: boolean | undefined;
}

/**
 * What carries calls to an engine, wherever it runs. Everything is the engine's own JSON text; a failure is a
 * {@link KoruDeltaError}. Nothing above this interface knows how an engine is reached.
 */
export interface Carrier {
  /**
   * Where others may write too: how long a live feed lets `changes` wait for them, in milliseconds. Undefined where everything
   * that is written comes through here.
   */
  readonly feedWaitMs?: number | undefined;

  /**
   * How many items of a batch go at a time: few where the engine reads them while JavaScript makes the next, more where each
   * piece has a way to go.
   */
  readonly pieceItems: number;

  /** Runs one operation without holding up the event loop. */
  call(op: string, params: string, options?: CallOptions): Promise<string>;

  /** Runs one small read: at once where the engine lives in this thread, later where it does not. */
  callNow(op: string, params: string, options?: CallOptions): string | Promise<string>;

  /**
   * Runs many writes in their order, each on its own, with one sync for all: `[{op, params}]` in UTF-8 to `[{ok} | {error}]`.
   * Here and below, bytes that are given may be changed once the call has returned its promise.
   */
  callMany(calls: Uint8Array, options?: CallOptions): Promise<string>;

  /**
   * The text of one value, when it is at hand and `JSON.parse` reads it exactly; null when there is none; undefined when
   * {@link getText} has to be asked.
   */
  getPlain(namespace: string, key: string, at: string | undefined): string | null | undefined;

  /** The text of one value, or null when there is none. */
  getText(
    namespace: string,
    key: string,
    at: string | undefined,
    options?: CallOptions,
  ): string | null | Promise<string | null>;

  /** Writes lines of JSON in one atomic batch. */
  batchLines(bytes: Uint8Array, params: string, options?: CallOptions): Promise<string>;

  /** Runs work that may be done twice, and runs it again when it failed on its way. */
  repeat<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T>;

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

/** A carrier to an engine in this process, upon which others can be served. */
export interface LocalCarrier extends Carrier {
  callNow(op: string, params: string): string;

  /**
   * Carries out lines of JSON-RPC. Resolves to an array of the requests that are left to the caller as the first line, and the
   * responses to the others as those that follow.
   */
  converse(lines: Uint8Array): Promise<string>;

  /** The same engine with fewer rights: `{read: [pattern], write: [pattern], admin}`. Closing it closes the engine. */
  restricted(grant: string): LocalCarrier;
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
  feed(chunk: Uint8Array): Promise<unknown>;
  /** The lines that were skipped since the last call, as JSON. An engine elsewhere tells them in the receipt. */
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
  feed(chunk: Uint8Array): Promise<unknown>;
  /** Adds what was fed, all of it or nothing, and ends. */
  finish(): Promise<string>;
  /** Ends without adding anything. */
  abort(): Promise<void>;
}
