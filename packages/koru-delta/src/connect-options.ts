/** Options of `KoruDelta.connect`. */
export interface ConnectOptions {
  /** The API key, where the server has keys; else the environment variable `KDELTA_API_KEY` is looked at. */
  key?: string | undefined;
  /** How long an answer may take, in milliseconds; 30,000 when not given. `Infinity` waits for ever. */
  timeoutMs?: number | undefined;
  /** How often a call that failed on its way is tried again, where that does no harm; 2 when not given. */
  retries?: number | undefined;
  /** Give up when this aborts. */
  signal?: AbortSignal | undefined;
  /** What sends requests over HTTP, in the place of `node:http`, and in browsers of the global `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;
  /**
   * Of `stdio:`, the program that is the bridge, with its first arguments; else the one that the environment variable
   * `KDELTA_BRIDGE` names, else `kdelta`.
   */
  command?: string | readonly string[] | undefined;
}
