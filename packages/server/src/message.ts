import { isUtf8 } from 'node:buffer';
import { type ErrorRecord, failure, KoruDeltaError } from 'koru-delta/inside';

/** A request of JSON-RPC, as far as its line was understood. */
export interface Request {
  readonly id?: number | string | null;
  readonly method: string;
  readonly params?: Record<string, unknown>;
}

const CHUNK = Buffer.from('{"jsonrpc":"2.0","method":"chunk","params":{');

/** The chunk that a line brings in the form in which clients write it; undefined for any other line. */
export function chunkOf(line: Buffer): Request | undefined {
  if (!line.subarray(0, CHUNK.length).equals(CHUNK) || !isUtf8(line)) return undefined;
  try {
    const request = JSON.parse(line.toString('utf8')) as Request;
    return request.method === 'chunk' ? request : undefined;
  } catch {
    // What is wrong with it, the engine says.
    return undefined;
  }
}

const codes: Partial<Record<string, number>> = {
  bad_request: -32_600,
  unknown_operation: -32_601,
  invalid_params: -32_602,
};

/** A response with a result that is JSON text already. */
export function resultText(id: Request['id'], result: string): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id ?? null)},"result":${result}}\n`;
}

/** A response with a failure. */
export function errorText(id: Request['id'], error: unknown): string {
  const record = recordOf(error);
  const body = { code: codes[record.code] ?? -32_000, message: record.detail, data: record };
  return `${JSON.stringify({ jsonrpc: '2.0', id: id ?? null, error: body })}\n`;
}

/** A message that nobody asked for by an id. */
export function notification(method: string, params: string): string {
  return `{"jsonrpc":"2.0","method":"${method}","params":${params}}\n`;
}

/** The record of whatever was thrown; what is no failure of ours is a mistake of ours. */
function recordOf(error: unknown): ErrorRecord {
  if (error instanceof KoruDeltaError) return error.toJSON();
  const message = error instanceof Error ? error.message : String(error);
  return failure('internal', 'The server stopped a call at a mistake of its own.', { facts: { message } }).toJSON();
}
