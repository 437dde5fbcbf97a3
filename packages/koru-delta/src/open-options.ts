import type { SealKey } from './seal-key.js';

/**
 * When an acknowledged write is on stable storage: before it is acknowledged (`sync`), at the latest after so many
 * milliseconds, or when the operating system likes (`none`).
 */
export type Durability = 'sync' | 'none' | { intervalMs: number };

/** Options of a database in memory. */
export interface MemoryOptions {
  /** How much memory the engine takes for caches and buffers, in bytes. */
  memoryBytes?: number | undefined;
  /** Give up when this aborts. */
  signal?: AbortSignal | undefined;
}

/** Options of a database in a folder. */
export interface OpenOptions extends MemoryOptions {
  /** Open for reading only, which other processes may do beside the one that writes. */
  readOnly?: boolean | undefined;
  /** False refuses to make a database where there is none. */
  create?: boolean | undefined;
  /** `sync` when not given. */
  durability?: Durability | undefined;
  /** Opens a sealed database, and seals a new one: everything it then writes is encrypted. */
  key?: SealKey | undefined;
  /** How long to wait for another process to let go, in milliseconds; 2,000 when not given. */
  lockTimeoutMs?: number | undefined;
}
