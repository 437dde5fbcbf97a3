/** How a request is to be sent. */
export interface Sending {
  /** Gives it up when this aborts, and tells the other side. */
  readonly signal?: AbortSignal | undefined;
  /** How long the answer may take beyond the limit of the wire, in milliseconds. */
  readonly waitMs?: number | undefined;
  /** Whether something may have been written when no answer comes. */
  readonly writes: boolean;
}

/**
 * A way to a server, as docs/protocol.md has it. Failures are `KoruDeltaError`s: what the server answers, `unreachable`,
 * `connection_lost`, `timeout`, and `closed` when the wire was closed here.
 */
export interface Wire {
  /** Whether a connection that broke is made anew by the next request. */
  readonly reconnects: boolean;

  /** Sends one request with the JSON text of its params, and resolves to the JSON text of its result. */
  request(method: string, params: string | Uint8Array, sending: Sending): Promise<string>;

  /** Begins a stream to the server: lines that become one batch, or a history. */
  upload(method: 'load' | 'import', params: Readonly<Record<string, unknown>>): Upload;

  /** Begins a stream from the server: a history. */
  download(method: 'export', params: Readonly<Record<string, unknown>>): Download;

  /** Gives up what is under way, and lets go of the server. */
  close(): Promise<void>;
}

/** Bytes on their way to a server. Each call waits for the one before. */
export interface Upload {
  /** Sends a copy of the chunk; resolves when the next may follow. */
  send(chunk: Uint8Array): Promise<void>;
  /** Sends the end, and resolves to the result. */
  end(): Promise<string>;
  /** Ends without it: nothing is written. */
  abort(): Promise<void>;
}

/** Bytes on their way from a server. */
export interface Download {
  /** The next chunk, or null after the last. */
  next(): Promise<Uint8Array | null>;
  /** Ends early. */
  abort(): Promise<void>;
}
