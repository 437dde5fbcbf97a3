import { failure } from './errors.js';

/**
 * A moment in the life of a database: a version id, an RFC 3339 time, a date, a time ago such as `-10m`, `now`, `seq:123`;
 * or a `Date`, or milliseconds since 1970.
 */
export type Moment = string | Date | number;

/** A moment as the engine takes it. */
export function momentText(moment: Moment): string {
  if (typeof moment === 'string') return wellFormed(moment);
  const milliseconds = moment instanceof Date ? moment.getTime() : moment;
  if (typeof milliseconds !== 'number' || !Number.isInteger(milliseconds)) {
    throw failure('invalid_moment', `${describe(moment)} is not a moment.`, {
      hints: [{ text: 'Give a Date, whole milliseconds since 1970, or a text such as 2026-01-31T12:00:00Z or -10m' }],
    });
  }
  try {
    return new Date(milliseconds).toISOString();
  } catch (cause) {
    throw failure('invalid_moment', `${milliseconds} milliseconds is farther from 1970 than a Date reaches.`, {
      cause,
    });
  }
}

/** The moment of an option, when it has one. */
export function optionalMoment(moment: Moment | undefined): string | undefined {
  return moment === undefined ? undefined : momentText(moment);
}

const ago = /^-(?:\d+(?:w|d|h|ms|m|s))+$/;
const units: Record<string, number> = { w: 6048e5, d: 864e5, h: 36e5, m: 6e4, s: 1e3, ms: 1 };

/** A time ago as the time it means now; any other moment as it is. */
export function fixed(moment: string, now = Date.now()): string {
  if (!ago.test(moment)) return moment;
  let time = now;
  for (const [, count, unit = ''] of moment.matchAll(/(\d+)([a-z]+)/g)) time -= Number(count) * (units[unit] ?? 0);
  return momentText(time);
}

function wellFormed(text: string): string {
  if (text.isWellFormed()) return text;
  throw failure('invalid_moment', 'A moment cannot hold a lone surrogate.');
}

function describe(moment: unknown): string {
  if (moment instanceof Date) return 'An invalid Date';
  return typeof moment === 'object' ? 'An object' : String(moment);
}
