import type { Row } from './document.js';

/**
 * Names a moment of the past in the way of the store: what a batch gave back. Peers, whose history is the user's, number all
 * versions one after another.
 */
export type Moment = string | number;

/** What is measured: KoruDelta in one of its forms, a peer, or the floor. */
export interface Contender {
  /** Its name in jobs and results. */
  readonly id: string;
  /** Its name for people. */
  readonly label: string;
  /** How it is told to sync, in its own words. */
  readonly sync: string;
  /** The version that is measured. Fails when it is not installed or does not load. */
  version(): Promise<string>;
  /** Opens a store in a folder that exists. */
  open(folder: string, options?: StoreOptions): Promise<Store>;
}

export interface StoreOptions {
  /**
   * Keep every version and answer reads in the past, by a table of the user's where the store keeps none itself. Without it
   * only current values are kept, again where the store leaves that choice.
   */
  readonly history?: boolean;
  /** The memory the store may take, in bytes, where it can be told. */
  readonly memoryBytes?: number;
}

/** An open store. Whatever it acknowledges is on the disk. */
export interface Store {
  /** The form of a batch that a program of this store would have at hand; not timed. */
  prepare(rows: Row[]): unknown;
  /** Writes a prepared batch, all of it or nothing. */
  batch(prepared: unknown): Moment | Promise<Moment>;
  /** Writes one row by itself. */
  put(row: Row): unknown;
  /** The value as an object. */
  get(key: string): unknown;
  /** The value at a moment, as an object. */
  getPast(key: string, moment: Moment): unknown;
  close(): void | Promise<void>;
}
