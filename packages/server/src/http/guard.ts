import type { FastifyRequest } from 'fastify';
import type { Engine } from '../engine.js';
import { grantOf } from '../keys/key.js';
import type { GoodKey, KeyRing } from '../keys/key-ring.js';
import { type Caller, unauthorized } from './call.js';

/** What needs no key: it shows nothing of the database. */
const open = new Set(['/', '/health', '/ready', '/openapi.json']);

/** Finds out who makes a request. */
export class Guard {
  readonly #engine: Engine;
  readonly #ring: KeyRing | undefined;
  readonly #keys = new WeakMap<FastifyRequest, GoodKey>();
  /** The engine of each key, as long as the key stays what it is. */
  readonly #engines = new WeakMap<AbortSignal, Engine>();

  constructor(engine: Engine, ring: KeyRing | undefined) {
    this.#engine = engine;
    this.#ring = ring;
  }

  /** Whether requests need a key. */
  get wantsKeys(): boolean {
    return this.#ring?.wanted ?? false;
  }

  /** Lets a request pass, or fails. It is the same failure for every key that is not good, and whatever was asked for. */
  admit(request: FastifyRequest): void {
    if (!this.wantsKeys || (request.routeOptions.url !== undefined && open.has(request.routeOptions.url))) return;
    const [, text = ''] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    const key = this.#ring?.find(text);
    if (!key) throw unauthorized();
    this.#keys.set(request, key);
  }

  /** The id of the key that came with a request. */
  keyIdOf(request: FastifyRequest): string | undefined {
    return this.#keys.get(request)?.key.id;
  }

  /** Who makes a request that was admitted. */
  callerOf(request: FastifyRequest): Caller {
    const key = this.#keys.get(request);
    if (!key) return { engine: this.#engine };
    const engine = this.#engines.get(key.until) ?? this.#engine.restricted(grantOf(key.key));
    this.#engines.set(key.until, engine);
    return { engine, revoked: key.until };
  }
}
