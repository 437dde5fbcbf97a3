import { setTimeout as pause } from 'node:timers/promises';
import { elements } from '../elements.js';
import type { Engine } from '../engine.js';
import { cut } from '../page.js';
import { HEARTBEAT_MS } from './limits.js';
import type { Subscriber } from './subscriber.js';

/** Versions that are told at once. */
const PAGE_ITEMS = 1_000;

/** After so long one that stands elsewhere than the others looks again, in milliseconds. */
const ELSEWHERE_MS = 5;

const NOTHING = Buffer.alloc(0);

/** What of the feed is wanted, as params of `changes`. */
export type Filter = Readonly<Record<string, unknown>>;

/**
 * The feed for many clients. Each catches up by itself; those who have and want the same share one read and one text from
 * then on, so that a further client costs no more than its bytes. One that does not take what it is told goes back to
 * catching up when it does.
 */
export class Hub {
  readonly #engine: Engine;
  readonly #channels = new Map<string, Channel>();
  /** Everybody, and the name of the channel. */
  readonly #all = new Map<Subscriber, string>();
  readonly #heart: NodeJS.Timeout;

  /** `engine` may read everything; who may read what is judged before. */
  constructor(engine: Engine) {
    this.#engine = engine;
    this.#heart = setInterval(() => this.#beat(), HEARTBEAT_MS).unref();
  }

  /** Tells a subscriber what it wants, from its cursor on, until nothing more is to be told to it. */
  async tell(subscriber: Subscriber, filter: Filter): Promise<void> {
    const name = JSON.stringify(filter);
    const channel = this.#channels.get(name) ?? new Channel(this.#engine, filter);
    this.#channels.set(name, channel);
    this.#all.set(subscriber, name);
    try {
      while (!subscriber.ended.aborted && !this.#engine.closed) {
        await subscriber.taken();
        if (await channel.catchUp(subscriber)) await channel.accompany(subscriber);
      }
    } finally {
      this.#all.delete(subscriber);
      if (![...this.#all.values()].includes(name)) this.#channels.delete(name);
    }
  }

  /** Ends the heartbeat. */
  close(): void {
    clearInterval(this.#heart);
  }

  #beat(): void {
    for (const subscriber of this.#all.keys()) if (!subscriber.lags) subscriber.send(':\n\n');
  }
}

/** Those who want the same. */
class Channel {
  readonly #engine: Engine;
  readonly #filter: Filter;
  /** Those who have been told all up to the cursor, and how each is sent back to catch up. */
  readonly #together = new Map<Subscriber, () => void>();
  #cursor = '';
  /** Aborts when nobody is left. */
  #left = new AbortController();
  #told: { page: string; events: Buffer } = { page: '', events: Buffer.alloc(0) };

  constructor(engine: Engine, filter: Filter) {
    this.#engine = engine;
    this.#filter = filter;
  }

  /** Tells one subscriber the next page. False when there is more. */
  async catchUp(subscriber: Subscriber): Promise<boolean> {
    const page = await this.#read(subscriber.cursor);
    if (subscriber.ended.aborted) return false;
    subscriber.cursor = page.cursor;
    if (page.events.length > 0) subscriber.send(page.events);
    return !page.more;
  }

  /** Takes one that has caught up along, until it lags or ends. One that stands elsewhere by now has to catch up once more. */
  async accompany(subscriber: Subscriber): Promise<void> {
    if (subscriber.lags || subscriber.ended.aborted) return;
    if (this.#together.size === 0) this.#begin(subscriber.cursor);
    if (subscriber.cursor !== this.#cursor) return void (await pause(ELSEWHERE_MS));
    const part = () => this.#part(subscriber);
    subscriber.ended.addEventListener('abort', part);
    await new Promise<void>((resolve) => {
      this.#together.set(subscriber, resolve);
    });
    // One that lags comes here again and again.
    subscriber.ended.removeEventListener('abort', part);
  }

  #part(subscriber: Subscriber): void {
    this.#together.get(subscriber)?.();
    this.#together.delete(subscriber);
    if (this.#together.size === 0) this.#left.abort();
  }

  #begin(cursor: string): void {
    this.#cursor = cursor;
    this.#left = new AbortController();
    this.#run(this.#left.signal).catch(() => {
      // Each of them meets the failure by itself when it catches up.
      for (const subscriber of this.#together.keys()) this.#part(subscriber);
    });
  }

  async #run(left: AbortSignal): Promise<void> {
    while (!left.aborted) {
      // Waited for from before the look, so that nothing comes unseen between the two.
      const news = this.#engine.news(left);
      const page = await this.#read(this.#cursor);
      if (left.aborted) return;
      this.#cursor = page.cursor;
      for (const subscriber of this.#together.keys()) {
        subscriber.cursor = page.cursor;
        if (page.events.length > 0 && !subscriber.send(page.events)) this.#part(subscriber);
      }
      if (this.#engine.closed) for (const subscriber of this.#together.keys()) this.#part(subscriber);
      if (!page.more) await news;
    }
  }

  async #read(since: string): Promise<{ events: Buffer; cursor: string; more: boolean }> {
    const page = await this.#engine.changes(JSON.stringify({ ...this.#filter, since, limit: PAGE_ITEMS }));
    const { items, cursor, more } = cut(page);
    if (items !== '[]' && page !== this.#told.page) this.#told = { page, events: eventsOf(items) };
    return { events: items === '[]' ? NOTHING : this.#told.events, cursor, more };
  }
}

/** The events of versions. The first member `seq` is the version's own: the names before it are strings with escaped quotes. */
function eventsOf(items: string): Buffer {
  const texts = elements(items).map((version) => {
    const seq = Number.parseInt(version.slice(version.indexOf(',"seq":') + ',"seq":'.length), 10);
    return `event: change\nid: seq:${seq}\ndata: ${version}\n\n`;
  });
  return Buffer.from(texts.join(''));
}
