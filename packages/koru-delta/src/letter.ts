import type { NativeDatabase } from '@koru-delta/node';

/** The longest text that a letter carries, in letters of ASCII. */
const LONGEST = 255;
/** The letter begins with the lengths of its three texts. */
const HEAD = 3;

/**
 * The short way to a value: the names go to the engine in a buffer that both sides know, and not as arguments, whose way
 * through Node-API takes longer than the read itself.
 */
export class Letter {
  readonly #bytes = new Uint8Array(HEAD + 3 * LONGEST);
  readonly #read: () => string | null;

  constructor(database: NativeDatabase) {
    this.#read = database.reader(this.#bytes);
  }

  /**
   * The text of a value, when it is plain ASCII and holds no number that JavaScript would round; null when the key has
   * none; undefined when the long way has to tell.
   */
  ask(namespace: string, key: string, at: string | undefined): string | null | undefined {
    const end = this.#write(0, namespace, HEAD);
    const next = end && this.#write(1, key, end);
    if (!next) return undefined;
    if (at === undefined) this.#bytes[2] = 0;
    // Without any letter it would mean now, and it is no moment.
    else if (at === '' || !this.#write(2, at, next)) return undefined;
    const text = this.#read();
    return text === '' ? undefined : text;
  }

  /** Writes one of the texts at an offset. Returns the offset behind it; 0 when the letter cannot carry it. */
  #write(place: number, text: string, offset: number): number {
    const { length } = text;
    if (length > LONGEST) return 0;
    const bytes = this.#bytes;
    bytes[place] = length;
    let all = 0;
    for (let at = 0; at < length; at += 1) {
      const code = text.charCodeAt(at);
      bytes[offset + at] = code;
      all |= code;
    }
    return all < 0x80 ? offset + length : 0;
  }
}
