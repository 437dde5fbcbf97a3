import type { Writable } from 'node:stream';
import type { FastifyBaseLogger, FastifyServerOptions } from 'fastify';

/** How much is logged. */
export type LogLevel = 'off' | 'info' | 'debug';

/** All that a line of the log may say. */
export interface Entry {
  readonly what: string;
  readonly method?: string;
  /** The pattern, never the address: names of keys stand there. */
  readonly route?: string | null;
  readonly status?: number;
  readonly ms?: number;
  /** The id of the API key. */
  readonly key?: string | undefined;
  /** The code of a failure. */
  readonly code?: string | undefined;
  /** Where a mistake of ours was made. */
  readonly stack?: readonly string[] | undefined;
}

const members = ['what', 'method', 'route', 'status', 'ms', 'key', 'code', 'stack'] as const;

/**
 * Options of a log of JSON lines that lets only named members through: no header, no address, no value, and no words of an
 * error, since secrets and documents may stand in them. That holds for what Fastify says, too.
 */
export function logTo(level: LogLevel, stream: Writable): NonNullable<FastifyServerOptions['logger']> {
  if (level === 'off') return false;
  return {
    level,
    stream,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    hooks: {
      logMethod([given], method) {
        const entry = named(given);
        if (entry) method.apply(this, [entry]);
      },
    },
  };
}

/** Writes one line. */
export function say(log: FastifyBaseLogger, level: 'info' | 'warn' | 'error' | 'debug', entry: Entry): void {
  log[level](entry);
}

/** Where an error comes from, without its first line, which holds its words. */
export function stackOf(error: unknown): string[] | undefined {
  const { stack } = (error ?? {}) as { stack?: unknown };
  return typeof stack === 'string' ? stack.split('\n').filter((line) => /^ +at /.test(line)) : undefined;
}

/** What of an entry may be said; nothing when there is none. */
function named(given: unknown): Entry | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const { err, ...own } = given as Record<string, unknown>;
  if (err !== undefined) return { what: 'error', code: codeOf(err), stack: stackOf(err) };
  if (typeof own.what !== 'string') return undefined;
  return Object.fromEntries(
    members.filter((name) => own[name] !== undefined).map((name) => [name, own[name]]),
  ) as never;
}

/** The code of an error of ours, of Fastify or of Node: each is a word. */
export function codeOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && /^\w{1,64}$/.test(code) ? code : undefined;
}
