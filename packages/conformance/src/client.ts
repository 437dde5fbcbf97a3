/** A client of one database, as the vectors drive it. Params and answers are JSON texts; a failure is a `KoruDeltaError`. */
export interface Client {
  call(op: string, params: string): Promise<string>;
  /** The versions as they come; leaving the loop ends it. */
  watch(params: string): AsyncIterable<string>;
  export(params: string): AsyncIterable<Uint8Array>;
  import(params: string, chunks: Iterable<Uint8Array>): Promise<string>;
  load(params: string, chunks: Iterable<Uint8Array>): Promise<string>;
  close(): Promise<void>;
}

/** Connects to a database that is new and empty. */
export type Fresh = () => Promise<Client>;
