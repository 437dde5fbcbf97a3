import { failure, type KoruDeltaError } from './errors.js';

/** A call that was stopped before anything was sent: it has done nothing. */
export function notSent(signal: AbortSignal): KoruDeltaError {
  return failure('cancelled', 'The call was cancelled before anything was written.', {
    facts: { outcome: 'not_done' },
    cause: signal.reason,
  });
}

/** A write that was stopped after it was sent: whether it was done is not known here. */
export function outcomeUnknown(signal: AbortSignal): KoruDeltaError {
  return failure('cancelled', 'The wait was cancelled, but the write was already sent: it may or may not be done.', {
    hints: [{ text: 'To know, read the key or its history' }],
    facts: { outcome: 'unknown' },
    cause: signal.reason,
  });
}

/** Throws when the caller has already asked to stop. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw notSent(signal);
}

const stops = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `stop` when the signal aborts, and gives back how to be rid of that. One listener serves everybody who waits for a
 * signal: Node takes many for a leak.
 */
export function onAbort(signal: AbortSignal, stop: () => void): () => void {
  const known = stops.get(signal);
  if (known) {
    known.add(stop);
    return () => known.delete(stop);
  }
  const waiting = new Set([stop]);
  stops.set(signal, waiting);
  signal.addEventListener('abort', () => [...waiting].forEach(call), { once: true });
  return () => waiting.delete(stop);
}

function call(stop: () => void): void {
  stop();
}

/** Waits for a promise no longer than the signal allows; what the promise then brings is dropped. */
export function untilAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  error: (signal: AbortSignal) => KoruDeltaError = notSent,
): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const stop = () => reject(error(signal));
    if (signal.aborted) stop();
    promise.then(resolve, reject).finally(onAbort(signal, stop));
  });
}
