import { members } from './json-text.js';
import type { VersionRecord } from './record.js';

/** What a version did: a word, and what stands behind it. */
export interface ChangeSummary {
  word: 'created' | 'changed' | 'deleted';
  text: string;
}

/** Values up to so many characters are shown beside what they became. */
const short = 40;

/** What a version did to the one before it; `most` is how much of one member's value is shown. */
export function summarize(
  record: VersionRecord,
  before: VersionRecord | undefined,
  most = Number.POSITIVE_INFINITY,
): ChangeSummary {
  const { value = '', deleted } = record;
  if (deleted) return { word: 'deleted', text: '' };
  if (record.previous === null || before?.deleted) return { word: 'created', text: value };
  if (before?.value === undefined) return { word: 'changed', text: value };
  return { word: 'changed', text: differences(before.value, value, most) };
}

function differences(before: string, after: string, most: number): string {
  if (before === after) return 'nothing';
  if (!isObject(before) || !isObject(after)) return became(before, after, most);
  return changes('', before, after, most).join(', ') || 'the order of members';
}

/** The members that came, went or changed, each with its path. */
function changes(path: string, before: string, after: string, most: number): string[] {
  const old = members(before);
  const found: string[] = [];
  for (const [name, value] of members(after)) {
    const was = old.get(name);
    old.delete(name);
    const at = path + spelled(name);
    if (was === undefined) found.push(`+${at} ${cut(value, most)}`);
    else if (isObject(was) && isObject(value)) found.push(...changes(`${at}.`, was, value, most));
    else if (was !== value) found.push(`${at} ${became(was, value, most)}`);
  }
  for (const name of old.keys()) found.push(`-${path}${spelled(name)}`);
  return found;
}

function became(before: string, after: string, most: number): string {
  return before.length > short ? `→ ${cut(after, most)}` : `${cut(before, most)} → ${cut(after, most)}`;
}

function isObject(json: string): boolean {
  return json.startsWith('{');
}

function spelled(name: string): string {
  return /^[\p{L}\p{N}_-]+$/u.test(name) ? name : JSON.stringify(name);
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${[...text.slice(0, 2 * most)].slice(0, most - 1).join('')}…`;
}
