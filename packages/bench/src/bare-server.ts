// What HTTP costs in Node without a database: answers 100 bytes to everything, and tells what is posted to those who listen.

import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const answer = Buffer.from(JSON.stringify({ nothing: '-'.repeat(86) }));
const listeners = new Set<ServerResponse>();

const server = createServer(async (request, response) => {
  if (request.url === '/v1/watch') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    listeners.add(response);
    response.once('close', () => listeners.delete(response));
    return;
  }
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length });
  response.end(answer);
  if (pieces.length === 0) return;
  const event = Buffer.concat([Buffer.from('event: change\ndata: '), ...pieces, Buffer.from('\n\n')]);
  for (const listener of listeners) listener.write(event);
});

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
});
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});
