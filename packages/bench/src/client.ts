/** Work that a client does, on rows that it has at hand. */
export interface Work {
  /** Gets and puts are single calls; a batch is one call with objects, and lines are one with bytes. */
  readonly what: 'get' | 'put' | 'batch' | 'lines';
  /** The rows, by their numbers. */
  readonly from: number;
  readonly count: number;
  /** How many single calls are under way at the same time, each caller awaiting its own. */
  readonly callers: number;
}

/** Where a client finds its database, and what it works on. */
export interface Place {
  /** The address of a server, or `stdio:` and the path of a folder. */
  readonly address: string;
  /** A file of lines `{"key", "value"}`. */
  readonly rows: string;
}

/** A program of a user, in some language, that is connected to a database. */
export interface Client {
  /** Does some work, and tells how long it took without what was made ready before. */
  run(work: Work): Promise<{ milliseconds: number }>;
  end(): Promise<void>;
}

/** The namespace in which clients write. */
export const NAMESPACE = 'bench';
