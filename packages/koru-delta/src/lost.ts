import { failure, type Hint, type KoruDeltaError } from './errors.js';

/** Whether a write was done whose answer did not come; undefined of a call that writes nothing. */
export type Done = 'unknown' | 'not_done' | undefined;

/** The connection broke before the answer came. */
export function connectionLost(how: string, outcome: Done, cause?: unknown): KoruDeltaError {
  return failure('connection_lost', `${how}${told[outcome ?? 'read']}`, more(outcome, cause));
}

/** The answer did not come in time. */
export function noAnswer(limitMs: number, outcome: Done): KoruDeltaError {
  return failure('timeout', `There was no answer within ${limitMs} ms.${told[outcome ?? 'read']}`, more(outcome));
}

const told = {
  unknown: ' The write may or may not have been done.',
  not_done: ' Nothing was written.',
  read: '',
};

function more(outcome: Done, cause?: unknown) {
  const hints: Hint[] =
    outcome === 'unknown'
      ? [
          { text: 'To know, read the key or its history' },
          { text: 'To be able to send a write again, give it an idempotencyKey' },
        ]
      : [];
  return { hints, facts: outcome ? { outcome } : {}, cause };
}

/** The longest time that a timer takes. */
const TIMER_MAX = 2 ** 31 - 1;

/** Waits for some work, and calls `late` when it takes longer than the limit; what ends the work then, is up to that. */
export async function within<T>(work: Promise<T>, limitMs: number, late: () => void): Promise<T> {
  const timer = limitMs <= TIMER_MAX ? setTimeout(late, limitMs) : undefined;
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}
