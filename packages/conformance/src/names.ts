import { members, parts } from './parts.js';

const reference = /^\$[a-z]\w*(\.\w+)*$/;

/** The answers that were given a name, as JSON texts. */
export class Names {
  readonly #texts = new Map<string, string>();

  /** Whether a text of a vector stands for an earlier answer. */
  static isReference(text: unknown): text is string {
    return typeof text === 'string' && reference.test(text);
  }

  set(name: string, text: string): void {
    this.#texts.set(name, text);
  }

  /** The JSON text that `$name.member.0` stands for. */
  get(place: string): string {
    const [name = '', ...steps] = place.slice(1).split('.');
    return steps.reduce((text, step) => stepInto(text, step, place), this.#texts.get(name) ?? missing(place));
  }
}

function stepInto(text: string, step: string, place: string): string {
  const found = text.startsWith('[') ? parts(text)[Number(step)] : members(text).get(step);
  return found ?? missing(place);
}

function missing(place: string): never {
  throw new Error(`There is nothing at ${place}.`);
}
