import { type ErrorCode, type ErrorRecord, failure, KoruDeltaError } from './errors.js';
import { parseForReport } from './json.js';
import { connectionLost, type Done } from './lost.js';
import type { Incoming } from './node-fetch.js';

/** What the statuses say that a proxy in front of a server may answer by itself. */
const proxied: Partial<Record<number, ErrorCode>> = {
  401: 'unauthorized',
  403: 'forbidden',
  413: 'request_too_large',
  429: 'rate_limited',
  503: 'unavailable',
};

/** The failure that an answer of HTTP tells: the server's own record, else what the status says. */
export async function failureOf(response: Incoming, outcome: Done): Promise<KoruDeltaError> {
  const text = await response.text();
  const facts = retryAfter(response.headers.get('retry-after'));
  const record = recordOf(text);
  if (record) return new KoruDeltaError({ ...record, ...facts });
  const { status } = response;
  const location = response.headers.get('location');
  const said = `The answer came with the status ${status} and is not from a KoruDelta server.`;
  if (location !== null) {
    return failure('unsupported_protocol', said, { hints: [{ text: `It leads to ${location}; give that address` }] });
  }
  const code = proxied[status];
  if (code) return failure(code, said, { facts });
  return status >= 500 ? connectionLost(said, outcome) : failure('unsupported_protocol', said);
}

/** The record of `application/problem+json`, without the members that are HTTP's. */
function recordOf(text: string): ErrorRecord | undefined {
  try {
    const { type: _, status: __, ...record } = parseForReport<ErrorRecord & Record<string, unknown>>(text);
    return typeof record.code === 'string' && typeof record.detail === 'string' ? (record as ErrorRecord) : undefined;
  } catch {
    return undefined;
  }
}

/** What `Retry-After` says, in seconds or as a date. */
function retryAfter(header: string | null): { retryAfterMs?: number } {
  if (header === null) return {};
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? { retryAfterMs: Math.max(0, ms) } : {};
}
