import type { Entry, Oracle } from './oracle.js';
import { byBytes } from './oracle.js';
import type { Random } from './random.js';
import type { Step } from './vector.js';
import { keys, namespaces } from './writing.js';

/** A moment, and the seq up to which it sees. */
interface Moment {
  readonly at: Record<string, string>;
  readonly through: number;
}

/** Makes reads whose answers the oracle knows. */
export class Reading {
  readonly #oracle: Oracle;
  readonly #random: Random;
  #pages = 0;

  constructor(oracle: Oracle, random: Random) {
    this.#oracle = oracle;
    this.#random = random;
  }

  steps(): Step[] {
    const [namespace, key] = [this.#random.pick(namespaces), this.#random.pick(keys)];
    switch (this.#random.below(9)) {
      case 0:
      case 1:
        return [this.#get(namespace, key), this.#required(namespace, key)];
      case 2:
        return this.#history(namespace, key);
      case 3:
        return this.#list(namespace);
      case 4:
        return this.#namespaces();
      case 5:
        return [this.#diff(namespace, key)];
      case 6:
        return [this.#diffNamespace(namespace)];
      case 7:
        return this.#changes();
      default:
        return [this.#stats()];
    }
  }

  /** Now, or a moment of the past by its seq, the id of a version or its time. */
  #moment(): Moment {
    const { newest } = this.#oracle;
    const seq = this.#random.below(newest + 1);
    const entry = this.#oracle.entries[seq - 1];
    const through = this.#oracle.end(seq);
    switch (this.#random.below(4)) {
      case 0:
        return { at: {}, through: newest };
      case 1:
        return entry?.version ? { at: { at: entry.version }, through } : { at: { at: 'now' }, through: newest };
      case 2:
        return entry ? { at: { at: entry.timestamp }, through } : { at: { at: '2020-01-01' }, through: 0 };
      default:
        return { at: { at: `seq:${seq}` }, through };
    }
  }

  #record(entry: Entry, values = true): Record<string, unknown> {
    const { namespace, key, seq, text, actor, timestamp } = entry;
    const before = this.#oracle.before(entry);
    const value = text === undefined ? { deleted: true } : values ? { value: { $json: text } } : {};
    return {
      namespace,
      key,
      version: idOf(entry),
      seq,
      timestamp,
      ...value,
      previous: before ? idOf(before) : null,
      ...(actor ? { actor } : {}),
    };
  }

  #get(namespace: string, key: string): Step {
    const { at, through } = this.#moment();
    const found = this.#oracle.live(namespace, key, through);
    return { op: 'get', params: { namespace, key, ...at }, expect: found ? this.#record(found) : null };
  }

  #required(namespace: string, key: string): Step {
    const { at, through } = this.#moment();
    const params = { namespace, key, ...at, required: true };
    const [then] = this.#oracle.history(namespace, key, through);
    if (then?.text !== undefined) return { op: 'get', params, expect: this.#record(then) };
    const ever = this.#oracle.history(namespace, key).length > 0;
    return { op: 'get', params, error: { code: then ? 'key_deleted' : ever ? 'not_yet_written' : 'key_not_found' } };
  }

  #history(namespace: string, key: string): Step[] {
    const { at, through } = this.#moment();
    const all = this.#oracle.history(namespace, key, through).map((entry) => this.#record(entry));
    return this.#paged('history', { namespace, key, ...at }, 'versions', all);
  }

  #list(namespace: string): Step[] {
    const { at, through } = this.#moment();
    const reverse = this.#random.once(3);
    const values = !this.#random.once(4);
    const prefix = this.#random.once(4) ? this.#random.pick(['a', 'A', '\u0000', 'é']) : undefined;
    const from = this.#random.once(4) ? this.#random.pick(keys) : undefined;
    const to = this.#random.once(4) ? this.#random.pick(keys) : undefined;
    const found = this.#oracle
      .list(namespace, through)
      .filter(({ key }) => prefix === undefined || key.startsWith(prefix))
      .filter(({ key }) => from === undefined || byBytes(key, from) >= 0)
      .filter(({ key }) => to === undefined || byBytes(key, to) < 0)
      .map((entry) => this.#record(entry, values));
    const range = Object.entries({ prefix, from, to }).filter(([, text]) => text !== undefined);
    const options = { ...Object.fromEntries(range), ...(reverse ? { reverse } : {}), ...(values ? {} : { values }) };
    return this.#paged('list', { namespace, ...at, ...options }, 'items', reverse ? found.reverse() : found);
  }

  /** One page, or two: the second by the cursor of the first. */
  #paged(op: string, params: Record<string, unknown>, member: string, all: object[]): Step[] {
    if (all.length < 2 || this.#random.once(2)) return [{ op, params, expect: { [member]: all, cursor: null } }];
    this.#pages += 1;
    const name = `p${this.#pages}`;
    const limit = 1 + this.#random.below(all.length - 1);
    return [
      { op, params: { ...params, limit }, as: name, expect: { [member]: all.slice(0, limit), cursor: '<text>' } },
      { op, params: { ...params, cursor: `$${name}.cursor` }, expect: { [member]: all.slice(limit), cursor: null } },
    ];
  }

  #namespaces(): Step[] {
    const { at, through } = this.#moment();
    const names = this.#oracle.namespaces(through);
    const counted = names.map((name) => ({ name, keys: this.#oracle.list(name, through).length }));
    return [
      { op: 'namespaces', params: at, expect: { namespaces: names.map((name) => ({ name })) } },
      { op: 'namespaces', params: { ...at, counts: true }, expect: { namespaces: counted } },
    ];
  }

  #diff(namespace: string, key: string): Step {
    const past = this.#random.below(this.#oracle.newest + 1);
    const params = { namespace, key, from: `seq:${past}` };
    if (this.#oracle.history(namespace, key).length === 0) {
      return { op: 'diff', params, error: { code: 'key_not_found' } };
    }
    const before = this.#oracle.live(namespace, key, this.#oracle.end(past));
    const after = this.#oracle.live(namespace, key);
    return { op: 'diff', params, expect: { namespace, key, ...difference(before, after), ...sides(before, after) } };
  }

  #diffNamespace(namespace: string): Step {
    const past = this.#random.below(this.#oracle.newest + 1);
    const through = this.#oracle.end(past);
    const own = this.#oracle.entries.filter((entry) => entry.namespace === namespace).map(({ key }) => key);
    const changes = [...new Set(own)].sort(byBytes).flatMap((key) => {
      const [before, after] = [this.#oracle.live(namespace, key, through), this.#oracle.live(namespace, key)];
      if (before === after) return [];
      const change = before ? (after ? 'changed' : 'deleted') : 'added';
      return [{ key, change, ...difference(before, after) }];
    });
    return { op: 'diffNamespace', params: { namespace, from: `seq:${past}` }, expect: { changes, cursor: null } };
  }

  #changes(): Step[] {
    const since = this.#random.below(this.#oracle.newest + 1);
    const behind = this.#oracle.entries.slice(since);
    if (this.#random.once(2)) {
      const namespace = this.#random.pick(namespaces);
      const found = behind.filter((entry) => entry.namespace === namespace).map((entry) => this.#record(entry));
      const expect = { changes: found, cursor: '<text>', more: false };
      return [{ op: 'changes', params: { since: `seq:${since}`, namespace }, expect }];
    }
    this.#pages += 1;
    const name = `p${this.#pages}`;
    const limit = 1 + this.#random.below(3);
    const page = behind.slice(0, limit).map((entry) => this.#record(entry, false));
    const params = { since: `seq:${since}`, limit, values: false };
    const rest = behind.slice(limit, limit + 3).map((entry) => this.#record(entry));
    const more = behind.length > limit + 3;
    return [
      { op: 'changes', params, as: name, expect: { changes: page, cursor: '<text>', more: behind.length > limit } },
      {
        op: 'changes',
        params: { since: `$${name}.cursor`, limit: 3 },
        expect: { changes: rest, cursor: '<text>', more },
      },
    ];
  }

  #stats(): Step {
    const { newest, entries } = this.#oracle;
    const names = this.#oracle.namespaces();
    const keys = names.reduce((sum, name) => sum + this.#oracle.list(name).length, 0);
    const last = entries.at(-1);
    const expect = { '...': true, versions: newest, lastSeq: newest, namespaces: names.length, keys };
    const lastVersion = last ? idOf(last) : null;
    return { op: 'stats', params: { counts: true }, expect: { ...expect, lastVersion } };
  }
}

function idOf({ version }: Entry): string {
  return version ?? '<version>';
}

/** The ids at both moments; a patch that is empty when the value is the same, whatever it is else. */
function difference(before: Entry | undefined, after: Entry | undefined): Record<string, unknown> {
  const patch = before?.text === after?.text ? [] : '<list>';
  return { from: before ? idOf(before) : null, to: after ? idOf(after) : null, patch };
}

function sides(before: Entry | undefined, after: Entry | undefined): Record<string, unknown> {
  return {
    ...(before ? { before: { $json: before.text } } : {}),
    ...(after ? { after: { $json: after.text } } : {}),
  };
}
