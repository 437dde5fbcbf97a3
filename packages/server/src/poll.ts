import { failure } from 'koru-delta/inside';
import type { Engine } from './engine.js';

/** How long a client may ask to wait, in milliseconds. */
const WAIT_MS_MAX = 60_000;

/**
 * A page of changes that waits `waitMs` milliseconds for the first when there are none yet. The engine is asked anew after
 * each write, so no thread of it waits. Answers at once when one of the signals aborts.
 */
export async function polled(
  engine: Engine,
  { waitMs, ...params }: Record<string, unknown>,
  stops: readonly AbortSignal[],
): Promise<string> {
  const over = new AbortController();
  const end = () => over.abort();
  const timeout = setTimeout(end, checked(waitMs));
  for (const stop of stops) stop.addEventListener('abort', end, { once: true });
  if (stops.some(({ aborted }) => aborted)) end();
  const text = JSON.stringify(params);
  try {
    for (;;) {
      // Waited for from before the look, so that nothing comes unseen between the two.
      const news = engine.news(over.signal);
      const page = await engine.changes(text);
      const isEmpty = page.startsWith('{"changes":[]') && !page.endsWith('"more":true}');
      if (over.signal.aborted || engine.closed || !isEmpty) return page;
      await news;
    }
  } finally {
    clearTimeout(timeout);
    for (const stop of stops) stop.removeEventListener('abort', end);
    end();
  }
}

function checked(waitMs: unknown): number {
  const isFit = Number.isInteger(waitMs) && (waitMs as number) >= 0 && (waitMs as number) <= WAIT_MS_MAX;
  if (!isFit) throw failure('invalid_params', `waitMs is a whole number up to ${WAIT_MS_MAX}.`);
  return waitMs as number;
}
