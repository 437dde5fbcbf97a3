/** One write of a load: a key and the document it gets. */
export interface Row {
  readonly key: string;
  readonly value: Document;
}

/** What every workload writes. Its JSON text is {@link DOCUMENT_BYTES} long. */
export interface Document {
  readonly id: number;
  readonly name: string;
  readonly score: number;
  readonly active: boolean;
  readonly city: string;
}

export const DOCUMENT_BYTES = 100;
export const KEY_BYTES = 10;

const cities = ['Aachen', 'Accra', 'Bergen', 'Cairo', 'Dakar', 'Hanoi', 'Lima', 'Lyon', 'Oslo', 'Quito', 'Reykjavik'];
const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Numbers that look random and are the same in every run: a step of splitmix32. */
export function scramble(n: number): number {
  let word = (n + 0x9e3779b9) | 0;
  word = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
  word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
  return (word ^ (word >>> 15)) >>> 0;
}

/** What the JSON text of a document is long without its id, its name, its score, its city, and one letter more or less. */
const FRAME_BYTES = '{"id":,"name":"","score":,"active":true,"city":""}'.length;

/** The n-th document. */
export function document(n: number): Document {
  const word = scramble(n);
  const city = cities[word % cities.length] ?? '';
  const score = ((word >>> 4) % 1_000) + 0.25;
  const active = (word & 1) === 1;
  const others = FRAME_BYTES + String(n).length + String(score).length + city.length + (active ? 0 : 1);
  return { id: n, name: letterText(word, DOCUMENT_BYTES - others), score, active, city };
}

/**
 * Letters that do not repeat, so that compression finds in them what it would find in names. They are made as bytes: a text
 * that is put together letter by letter is one only when somebody reads it, and whoever did that first would pay.
 */
function letterText(seed: number, length: number): string {
  const bytes = Buffer.allocUnsafe(length);
  let word = seed;
  for (let at = 0, rest = word; at < length; at += 1) {
    bytes[at] = letters.charCodeAt(rest % letters.length);
    rest = Math.floor(rest / letters.length);
    if (rest === 0) {
      word = scramble(word);
      rest = word;
    }
  }
  return bytes.toString('latin1');
}

/** The n-th key. Keys sort by their number. */
export function keyOf(n: number): string {
  return `k${String(n).padStart(KEY_BYTES - 1, '0')}`;
}

/** The numbers below `count`, each once, in an order that looks random and is another for every seed. */
export function* shuffled(count: number, seed = 0): Generator<number, void, undefined> {
  // A linear congruential generator over the next power of two visits every number once, and so do its exclusive ors.
  const mask = 2 ** Math.ceil(Math.log2(Math.max(count, 2))) - 1;
  const turn = scramble(seed) & mask;
  let at = 0;
  for (let step = 0; step <= mask; step += 1) {
    at = (Math.imul(at, 0x915f77f5) + 0x3c6ef35f) & mask;
    const n = at ^ turn;
    if (n < count) yield n;
  }
}

/** Rows in an order that looks random: `versions` of each of `keys` keys, one pass over all keys after another. */
export function* rows(keys: number, versions = 1): Generator<Row, void, undefined> {
  for (let pass = 0; pass < versions; pass += 1) {
    for (const n of shuffled(keys, pass)) yield { key: keyOf(n), value: document(pass * keys + n) };
  }
}

/** {@link rows} cut into batches. */
export function* batches(keys: number, versions: number, size: number): Generator<Row[], void, undefined> {
  let batch: Row[] = [];
  for (const row of rows(keys, versions)) {
    batch.push(row);
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
