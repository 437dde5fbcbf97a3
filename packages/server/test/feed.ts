import { onTestFinished } from 'vitest';
import type { Site } from './site.js';

/** A server-sent event. */
export interface FeedEvent {
  id: string;
  event: string;
  data: string;
}

/** A client of server-sent events, as the standard describes one. */
export class Feed {
  readonly ended: Promise<void>;
  /** The id that the client would come again with. */
  lastId = '';
  readonly #stop: AbortController;
  #rest = '';
  #events: FeedEvent[] = [];
  #changed: () => void = () => {};
  #over = false;

  private constructor(body: ReadableStream<Uint8Array>, stop: AbortController, opened: () => void) {
    this.#stop = stop;
    this.ended = this.#read(body, opened)
      .catch(() => {})
      .finally(() => {
        this.#over = true;
        this.#changed();
      });
  }

  /** Opens a feed; resolves when its first lines are there. */
  static async open(site: Site, path: string, headers: Record<string, string> = {}): Promise<Feed> {
    const stop = new AbortController();
    const response = await fetch(site.url + path, { headers, signal: stop.signal });
    if (!response.ok || !response.body) throw new Error(`${response.status} ${await response.text()}`);
    onTestFinished(() => stop.abort());
    return new Promise((resolve) => {
      const feed: Feed = new Feed(response.body as ReadableStream<Uint8Array>, stop, () => resolve(feed));
    });
  }

  /** The next events; fewer when the feed ends before. */
  async take(count: number): Promise<FeedEvent[]> {
    while (this.#events.length < count && !this.#over) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
    return this.#events.splice(0, count);
  }

  close(): void {
    this.#stop.abort();
  }

  async #read(body: ReadableStream<Uint8Array>, opened: () => void): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of body) {
      this.#rest += decoder.decode(chunk, { stream: true });
      const blocks = this.#rest.split('\n\n');
      this.#rest = blocks.pop() ?? '';
      for (const block of blocks) this.#take(block);
      opened();
      this.#changed();
    }
  }

  #take(block: string): void {
    const fields = new Map<string, string>();
    for (const line of block.split('\n')) {
      const [, name = '', value = ''] = /^([^:]*): ?(.*)$/.exec(line) ?? [];
      if (name !== '') fields.set(name, value);
    }
    this.lastId = fields.get('id') ?? this.lastId;
    const data = fields.get('data');
    if (data !== undefined) this.#events.push({ id: this.lastId, event: fields.get('event') ?? 'message', data });
  }
}
