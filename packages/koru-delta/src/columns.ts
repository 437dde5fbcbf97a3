import { stringifyList } from './json.js';

/**
 * Many writes as columns, which the engine reads faster than as many objects: a text for `namespaces` and `keys`, the values,
 * and the places of those that are deletes.
 */
export class Columns {
  readonly #namespaces: string[] = [];
  readonly #keys: string[] = [];
  readonly #values: unknown[] = [];
  readonly #deletes: number[] = [];

  put(namespace: string, key: string, value: unknown): void {
    this.#namespaces.push(namespace);
    this.#keys.push(key);
    this.#values.push(value);
  }

  delete(namespace: string, key: string): void {
    this.#deletes.push(this.#keys.length);
    this.put(namespace, key, 1);
  }

  /** The columns as JSON. One text for all values is made in half the time of one for each. */
  text(): string {
    return columnsText(this.#namespaces, this.#keys, stringifyList(this.#values), this.#deletes);
  }
}

/** Columns whose values are JSON text already. */
export class TextColumns {
  readonly #namespaces: string[] = [];
  readonly #keys: string[] = [];
  #values = '';

  put(namespace: string, key: string, text: string): void {
    this.#values += this.#keys.length === 0 ? text : `,${text}`;
    this.#namespaces.push(namespace);
    this.#keys.push(key);
  }

  text(): string {
    return columnsText(this.#namespaces, this.#keys, `[${this.#values}]`, []);
  }
}

function columnsText(
  namespaces: readonly string[],
  keys: readonly string[],
  values: string,
  deletes: readonly number[],
) {
  const names = `"namespaces":${JSON.stringify(namespaces)},"keys":${JSON.stringify(keys)}`;
  const places = deletes.length > 0 ? `,"deletes":${JSON.stringify(deletes)}` : '';
  return `{${names},"values":${values}${places}}`;
}
