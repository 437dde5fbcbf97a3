/** A failure as it came, where no client has made an error of it. */
export class Refusal extends Error {
  /** The JSON text of its record. */
  readonly record: string;

  constructor(record: string) {
    super(record);
    this.record = record;
  }
}

/**
 * A client of one database, as the vectors drive it. Params and answers are JSON texts; a failure is a `KoruDeltaError` or a
 * {@link Refusal}.
 */
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
