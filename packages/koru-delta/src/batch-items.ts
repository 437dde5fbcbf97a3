import type { BatchItem } from './batch.js';
import { Columns } from './columns.js';
import { failure, KoruDeltaError } from './errors.js';
import { stringify } from './json.js';
import { checkNames } from './names.js';

/** {@link pieceText}, cut in halves until each is a text that JavaScript can hold. */
export function* pieceTexts(items: readonly unknown[]): Generator<string, void, undefined> {
  let text: string;
  try {
    text = pieceText(items);
  } catch (error) {
    if (!(error instanceof KoruDeltaError) || error.code !== 'value_too_large' || items.length === 1) throw error;
    const half = items.length >> 1;
    yield* pieceTexts(items.slice(0, half));
    yield* pieceTexts(items.slice(half));
    return;
  }
  yield text;
}

/** Items as the params of the operation `batch`. */
function pieceText(items: readonly unknown[]): string {
  const columns = new Columns();
  const expect: { namespace: string; key: string; version: string | null }[] = [];
  for (const item of items) {
    checkItem(item);
    const { namespace, key, ifVersion } = item;
    if (item.delete) columns.delete(namespace, key);
    else columns.put(namespace, key, item.value);
    if (ifVersion !== undefined) expect.push({ namespace, key, version: ifVersion });
  }
  const guards = expect.length > 0 ? `,"expect":${JSON.stringify(expect)}` : '';
  try {
    return `{"columns":${columns.text()}${guards}}`;
  } catch (error) {
    if (error instanceof KoruDeltaError && error.code === 'invalid_json') (items as BatchItem[]).forEach(checkValue);
    throw error;
  }
}

/** An item as a line for the loader, which says nothing about what must be there before. */
export function lineText(item: unknown): string {
  checkItem(item);
  if (item.ifVersion !== undefined) {
    throw failure('invalid_params', 'Among lines, and with skipBad, an item cannot have ifVersion.');
  }
  const { namespace, key } = item;
  const names = JSON.stringify({ namespace, key }).slice(0, -1);
  return item.delete ? `${names},"delete":true}` : `${names},"value":${valueText(item)}}`;
}

/** Throws what is wrong with the value of an item, if anything is. */
function checkValue(item: BatchItem): void {
  if (!item.delete) valueText(item);
}

/** The value of an item as JSON; what is wrong with it is said of the item. */
function valueText({ namespace, key, value }: BatchItem): string {
  try {
    return stringify(value, ['value']);
  } catch (error) {
    if (!(error instanceof KoruDeltaError) || error.code !== 'invalid_json') throw error;
    throw failure('invalid_json', `In the item ${namespace}/${key} of the batch: ${error.detail}`, {
      hints: [...error.hints],
      facts: { ...error.facts, namespace, key },
    });
  }
}

/** Refuses what would lose something on its way into text; all other rules are the engine's. */
function checkItem(item: unknown): asserts item is BatchItem {
  if (typeof item !== 'object' || item === null) {
    throw failure('invalid_params', `An item of a batch is an object with namespace, key and value, not ${item}.`);
  }
  const {
    namespace,
    key,
    value,
    delete: deletes,
  } = item as { namespace: string; key: string } & Record<string, unknown>;
  checkNames(namespace, key);
  for (const name in item) if (!members.has(name)) throw unknownMember(namespace, key, name);
  if (deletes !== undefined && typeof deletes !== 'boolean') {
    throw failure('invalid_params', `In the item ${namespace}/${key} of the batch, delete is true or false.`);
  }
  if (deletes && value !== undefined) {
    throw failure('invalid_params', `The item ${namespace}/${key} of the batch has a value and is a delete.`, {
      hints: [{ text: 'Give one of the two' }],
    });
  }
  if (!deletes && (value === undefined || typeof value === 'function' || typeof value === 'symbol')) {
    throw failure('invalid_json', `The item ${namespace}/${key} of the batch has no value.`, {
      hints: [{ text: 'To delete the key, give delete: true' }],
    });
  }
}

const members: ReadonlySet<string> = new Set(['namespace', 'key', 'value', 'delete', 'ifVersion']);

function unknownMember(namespace: string, key: string, name: string): KoruDeltaError {
  const known = [...members].join(', ');
  return failure('invalid_params', `The item ${namespace}/${key} of the batch has an unknown member '${name}'.`, {
    hints: [{ text: `An item of a batch has the members ${known}` }],
  });
}
