import { lookup } from 'node:dns/promises';
import { setMaxListeners } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Writable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { failure, type KoruDeltaError } from 'koru-delta/inside';
import type { Engine } from '../engine.js';
import type { KeyFile } from '../keys/key-file.js';
import { KeyRing } from '../keys/key-ring.js';
import { buildApp } from './app.js';
import { Guard } from './guard.js';
import { Hub } from './hub.js';
import { CONNECTIONS_MAX, STOP_MS } from './limits.js';
import { codeOf, type LogLevel, say } from './log.js';
import { Neighbourhood } from './origin.js';
import { Stalls } from './stalls.js';
import { Work } from './work.js';

/** How a database is served. */
export interface ServeOptions {
  /** The address to listen on. Default: 127.0.0.1. One that other machines reach needs API keys. */
  readonly host?: string | undefined;
  /** The port; 0 for any that is free. Default: 7878. */
  readonly port?: number | undefined;
  /** The file of API keys. If it is there, or comes to be, keys are wanted. */
  readonly keys?: KeyFile | undefined;
  /** The origins whose pages may call, such as https://app.example.com. */
  readonly allowOrigins?: readonly string[] | undefined;
  /** How many requests a client may make in a second. Default: as many as it likes. */
  readonly rate?: number | undefined;
  /** How much is logged. Default: off. */
  readonly log?: LogLevel | undefined;
  /** Where to. Default: the standard error. */
  readonly logTo?: Writable | undefined;
}

/** A server that listens. */
export interface Server {
  /** Where it is found. */
  readonly url: string;
  /** Ends feeds, finishes what is under way, within ten seconds, and stops listening. The engine stays open. */
  stop(): Promise<void>;
}

/** Serves a database over HTTP. */
export async function serve(engine: Engine, options: ServeOptions = {}): Promise<Server> {
  const { host = '127.0.0.1', port = 7878 } = options;
  const site = await prepare(engine, options);
  try {
    const { address } = await lookup(host);
    if (!isLoopback(address) && !site.guard.wantsKeys) throw tooWide(host);
    await site.app.listen({ host: address, port });
  } catch (error) {
    await site.close();
    throw bindFailure(error, host, port);
  }
  const { address, family, port: found } = site.app.server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${found}`,
    async stop() {
      await site.finish();
      await site.close();
    },
  };
}

/** A server before it listens. */
interface Prepared {
  readonly app: FastifyInstance;
  readonly guard: Guard;
  /** Refuses what is new, and waits for what is under way, but not for ever. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

async function prepare(
  engine: Engine,
  { keys, allowOrigins = [], rate, log = 'off', logTo }: ServeOptions,
): Promise<Prepared> {
  const ring = keys && new KeyRing(keys);
  await ring?.open();
  const guard = new Guard(engine, ring);
  const [hub, stalls, stop, work] = [new Hub(engine), new Stalls(), new AbortController(), new Work()];
  // Each request under way listens to it.
  setMaxListeners(0, stop.signal);
  const app = await buildApp({
    engine,
    guard,
    hub,
    stalls,
    rate,
    log,
    logTo: logTo ?? process.stderr,
    stopping: stop.signal,
    neighbourhood: new Neighbourhood(allowOrigins),
    callerOf: (request) => guard.callerOf(request),
  });
  ring?.onTrouble((error) => say(app.log, 'error', { what: 'keys cannot be read', code: codeOf(error) }));
  stalls.attend(app.server);
  work.attend(app.server);
  app.server.maxConnections = CONNECTIONS_MAX;
  return {
    app,
    guard,
    async finish() {
      stop.abort();
      await work.done(STOP_MS);
    },
    async close() {
      ring?.close();
      hub.close();
      stalls.close();
      app.server.closeAllConnections();
      await app.close();
    },
  };
}

function isLoopback(address: string): boolean {
  return /^127\./.test(address) || address === '::1';
}

function tooWide(host: string): KoruDeltaError {
  return failure(
    'invalid_params',
    `Other machines reach '${host}', and a server without API keys listens to this machine alone.`,
    {
      hints: [
        {
          text: 'To make a key that may do everything',
          command: "kdelta key create NAME --read '*' --write '*' --admin",
        },
        { text: 'To serve this machine alone', command: 'kdelta start' },
      ],
    },
  );
}

/** The operating system's refusal of an address in our words. */
function bindFailure(error: unknown, host: string, port: number): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return failure('unavailable', `Another program listens on port ${port} of ${host} already.`, {
        hints: [{ text: 'To take any port that is free', command: 'kdelta start --port 0' }],
      });
    case 'EACCES':
      return failure('permission_denied', `The operating system does not let this user listen on port ${port}.`, {
        hints: [{ text: 'Take one from 1024 on', command: 'kdelta start --port 7878' }],
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return failure('invalid_params', `'${host}' is no address of this machine.`, {
        hints: [{ text: 'To serve this machine alone', command: 'kdelta start' }],
      });
    default:
      return error;
  }
}
