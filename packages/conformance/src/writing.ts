import type { Entry, Oracle } from './oracle.js';
import type { Random } from './random.js';
import type { Step } from './vector.js';

export const namespaces = ['a', 'ab', 'ключ'];
export const keys = ['__proto__', '\u0000', 'a', 'a/b', '🔑', '\ufeff'];
const texts = [
  ...['null', 'true', '0', '-0', '1', '1.0', '1e400', '9007199254740993', '123456789012345678901234567890'],
  ...['""', '"\\u0000"', '"\\ud83d\\ude39"', '"😹"', '"\\u00e9"', '[]', '{}', '[1,[2,{"a":null}]]'],
  ...['{"a":{"b":[1,null]}}', '{"b":1,"a":2}', '{"a":2,"b":1}', '{"__proto__":1}', `"${'ü'.repeat(300)}"`],
];

interface Item {
  readonly namespace: string;
  readonly key: string;
  readonly text: string | undefined;
}

/** Makes writes whose answers the oracle knows before. */
export class Writing {
  readonly #oracle: Oracle;
  readonly #random: Random;
  #count = 0;

  constructor(oracle: Oracle, random: Random) {
    this.#oracle = oracle;
    this.#random = random;
  }

  step(): Step {
    const item = this.#item();
    const choice = this.#random.below(20);
    if (choice < 8) return this.#put(item);
    if (choice < 11) return this.#delete(item);
    if (choice < 14) return this.#revert(item);
    return this.#batch();
  }

  #item(): Item {
    return {
      namespace: this.#random.pick(namespaces),
      key: this.#random.pick(keys),
      text: this.#random.pick(texts),
    };
  }

  #name(): string {
    this.#count += 1;
    return `w${this.#count}`;
  }

  #put({ namespace, key, text }: Item): Step {
    const actor = this.#random.once(4) ? this.#random.pick(['me', 'ключ']) : undefined;
    const { guard, holds } = this.#guard(namespace, key);
    const params = { namespace, key, value: { $json: text }, ...guard, ...(actor ? { actor } : {}) };
    if (!holds) return { op: 'put', params, error: this.#conflict(namespace, key) };
    return this.#written('put', params, { namespace, key, text }, actor);
  }

  #delete({ namespace, key }: Item): Step {
    const [newest] = this.#oracle.history(namespace, key);
    const params = { namespace, key };
    if (!newest) return { op: 'delete', params, error: { code: 'key_not_found' } };
    if (newest.text === undefined) return { op: 'delete', params, error: { code: 'key_deleted' } };
    return this.#written('delete', params, { namespace, key, text: undefined });
  }

  #revert({ namespace, key }: Item): Step {
    const past = this.#random.below(this.#oracle.newest + 1);
    const at = this.#random.once(2) ? { at: `seq:${past}` } : {};
    const history = this.#oracle.history(namespace, key);
    const text = 'at' in at ? this.#oracle.live(namespace, key, this.#oracle.end(past))?.text : history[1]?.text;
    const params = { namespace, key, ...at };
    if (history.length === 0) return { op: 'revert', params, error: { code: 'key_not_found' } };
    if (text === history[0]?.text) return { op: 'revert', params, error: { code: 'nothing_to_revert' } };
    return this.#written('revert', params, { namespace, key, text });
  }

  /** A batch of writes, some of one key; with a guard that holds or does not. */
  #batch(): Step {
    const items = Array.from({ length: this.#random.below(6) }, () => {
      const item = this.#item();
      return this.#random.once(4) ? { ...item, text: undefined } : item;
    });
    const ops = items.map(({ namespace, key, text }) =>
      text === undefined ? { namespace, key, delete: true } : { namespace, key, value: { $json: text } },
    );
    const { namespace, key } = this.#item();
    const { guard, holds } = this.#guard(namespace, key);
    const expect = 'ifVersion' in guard ? { expect: [{ namespace, key, version: guard.ifVersion }] } : {};
    if (!holds) return { op: 'batch', params: { ops, ...expect }, error: this.#conflict(namespace, key) };
    const call =
      'expect' in expect || this.#random.once(2)
        ? { op: 'batch', params: { ops, ...expect } }
        : { op: 'load', lines: items.map(lineOf) };
    return { ...call, ...this.#together(items) };
  }

  /** The name and the receipt of items that were written as one commit. */
  #together(items: readonly Item[]): Step {
    const [name, first, last] = [this.#name(), this.#oracle.newest + 1, this.#oracle.newest + items.length];
    this.#oracle.commit(
      items.map((item, index) => ({
        ...item,
        seq: first + index,
        version: index === 0 ? `$${name}.first` : index === items.length - 1 ? `$${name}.last` : undefined,
        timestamp: `$${name}.timestamp`,
      })),
    );
    const receipt =
      items.length === 0
        ? { count: 0, firstSeq: null, lastSeq: null, first: null, last: null, timestamp: null }
        : { firstSeq: first, lastSeq: last, first: '<version>', last: '<version>', timestamp: '<timestamp>' };
    return { as: name, expect: { '...': true, count: items.length, ...receipt, durability: 'sync' } };
  }

  #written(op: string, params: Record<string, unknown>, item: Item, actor?: string): Step {
    const name = this.#name();
    const previous = this.#oracle.history(item.namespace, item.key)[0];
    const { namespace, key, text } = item;
    const seq = this.#oracle.newest + 1;
    const entry: Entry = { ...item, seq, actor, version: `$${name}.version`, timestamp: `$${name}.timestamp` };
    this.#oracle.commit([entry]);
    const expect = {
      namespace,
      key,
      version: '<version>',
      seq,
      timestamp: '<timestamp>',
      ...(text === undefined ? { deleted: true } : {}),
      previous: previous ? (previous.version ?? '<version>') : null,
      ...(actor ? { actor } : {}),
    };
    return { op, params, as: name, expect };
  }

  /** No guard, one that holds, or one that does not. */
  #guard(namespace: string, key: string): { guard: { ifVersion?: string | null }; holds: boolean } {
    const newest = this.#oracle.history(namespace, key)[0]?.version;
    const live = this.#oracle.live(namespace, key) !== undefined;
    const other = this.#random.pick(this.#oracle.entries)?.version;
    switch (this.#random.below(5)) {
      case 0:
        return { guard: { ifVersion: null }, holds: !live };
      case 1:
        return newest === undefined ? { guard: {}, holds: true } : { guard: { ifVersion: newest }, holds: true };
      case 2:
        return other === undefined
          ? { guard: {}, holds: true }
          : { guard: { ifVersion: other }, holds: other === newest };
      default:
        return { guard: {}, holds: true };
    }
  }

  #conflict(namespace: string, key: string): Record<string, unknown> {
    const version = this.#oracle.live(namespace, key)?.version;
    return { code: 'conflict', namespace, key, ...(version ? { currentVersion: version } : {}) };
  }
}

/** An item as a line of a load. */
function lineOf({ namespace, key, text }: Item): string {
  const address = JSON.stringify(`${namespace}/${key}`);
  return text === undefined ? `{"key":${address},"delete":true}` : `{"key":${address},"value":${text}}`;
}
