import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { STALL_MS } from './limits.js';

/** What a body has to bring in that time to count as moving, in bytes. */
const MOVING_BYTES = 1_024;

/** How often it is looked, in milliseconds. */
const LOOK_MS = 1_000;

interface Connection {
  /** The request whose body has not come whole. */
  body: IncomingMessage | undefined;
  /** What was read, and what was taken by the other side, at the last time that it moved. */
  read: number;
  taken: number;
  since: number;
}

/** Cuts off who sends a body or takes a response so slowly that it stands still. Who waits for an answer may wait. */
export class Stalls {
  readonly #connections = new Map<Socket, Connection>();
  readonly #timer = setInterval(() => this.#look(), LOOK_MS).unref();

  /** Begins to look at the connections of a server. */
  attend(server: Server): void {
    server.on('connection', (socket) => {
      this.#connections.set(socket, { body: undefined, read: 0, taken: 0, since: Date.now() });
      socket.once('close', () => this.#connections.delete(socket));
    });
  }

  /** A request whose body is to come. */
  expect(body: IncomingMessage): void {
    const connection = this.#connections.get(body.socket);
    if (!connection) return;
    Object.assign(connection, { body, read: body.socket.bytesRead, since: Date.now() });
    body.once('close', () => {
      connection.body = undefined;
    });
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = Date.now();
    for (const [socket, connection] of this.#connections) {
      const { body } = connection;
      const sends = body !== undefined && !body.complete && body.readableLength === 0;
      const takes = socket.writableLength > 0;
      const taken = socket.bytesWritten - socket.writableLength;
      const hasSent = socket.bytesRead - connection.read >= MOVING_BYTES;
      if ((!sends || hasSent) && (!takes || taken > connection.taken)) {
        Object.assign(connection, { read: socket.bytesRead, taken, since: now });
      } else if (now - connection.since > STALL_MS) {
        socket.destroy();
      }
    }
  }
}
