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
    else signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
