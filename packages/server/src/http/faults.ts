import type { Socket } from 'node:net';
import { failure, type KoruDeltaError } from 'koru-delta/inside';
import { problemText, told } from './problem.js';

/** What Node found wrong with what came over a connection, before there was a request. */
const faults: Readonly<Record<string, { status: string; failure: () => KoruDeltaError }>> = {
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    failure: () => failure('request_too_large', 'The path and the headers are longer than 16 KiB.'),
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: '408 Request Timeout',
    failure: () => failure('bad_request', 'The request did not come whole in time.'),
  },
};

const malformed = {
  status: '400 Bad Request',
  failure: () => failure('bad_request', 'What came is no request of HTTP/1.1.'),
};

/** Answers what is no request, and closes: where the next request begins cannot be known. */
export function refuseConnection(error: { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, failure } = faults[error.code ?? ''] ?? malformed;
  const body = problemText(told(failure()), Number.parseInt(status, 10));
  socket.end(
    [
      `HTTP/1.1 ${status}`,
      'Connection: close',
      'Content-Type: application/problem+json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
    () => socket.destroy(),
  );
}
