/** Splits a command line as a shell does, as far as quotes and backslashes go. */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  let escaped = false;
  for (const character of line) {
    if (escaped) {
      word = `${word ?? ''}${character}`;
      escaped = false;
    } else if (character === '\\' && quote !== "'") {
      word ??= '';
      escaped = true;
    } else if (character === quote) {
      quote = '';
    } else if (quote === '' && (character === '"' || character === "'")) {
      word ??= '';
      quote = character;
    } else if (quote === '' && /[ \t\n]/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = `${word ?? ''}${character}`;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}
