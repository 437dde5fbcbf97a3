import type { Suggestion } from './failure.js';

/** Words that other programs use for what a command here does. */
const otherWords: Record<string, string> = {
  ls: 'list',
  keys: 'list',
  scan: 'list',
  rm: 'delete',
  del: 'delete',
  remove: 'delete',
  put: 'set',
  write: 'set',
  add: 'set',
  show: 'get',
  read: 'get',
  cat: 'get',
  history: 'log',
  undo: 'revert',
  rollback: 'revert',
  load: 'batch',
  dump: 'export',
  backup: 'export',
  restore: 'import',
  info: 'status',
  stats: 'status',
  check: 'verify',
  fsck: 'verify',
};

/** The commands a mistyped one probably means. */
export function nearCommands(word: string, commands: string[]): Suggestion[] {
  const other = otherWords[word.toLowerCase()];
  const near = nearWords(word, commands);
  if (!other || near.some(({ text }) => text === other)) return near;
  return [{ text: other, why: 'the word used here' }, ...near];
}

/** The three words nearest to a mistyped one, nearest first; none when nothing is near. */
export function nearWords(word: string, words: string[]): Suggestion[] {
  const given = word.toLowerCase();
  const bare = given.replace(/^-+/, '');
  return words
    .map((text) => ({ text, distance: distance(given, text), longer: bare !== '' && text.startsWith(given) }))
    .filter(({ distance, longer }) => longer || distance <= Math.max(1, Math.floor(bare.length / 3)))
    .sort((a, b) => a.distance - b.distance || (a.text < b.text ? -1 : 1))
    .slice(0, 3)
    .map(({ text, longer }) => ({ text, why: longer && text !== given ? 'longer' : 'different spelling' }));
}

/** How many letters must be changed, added, left out or swapped with their neighbour to make one word of the other. */
export function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      next.push(best);
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
