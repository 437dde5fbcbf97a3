// One alternative per thing that may contain words which are not code. A lifetime ('a) is no character literal, so that
// alternative wants the closing quote. Block comments nest in Rust; the pattern follows three levels.
const block = nest(nest(String.raw`\/\*(?:[^*/]|\*(?!\/)|\/(?!\*))*\*\/`));
const notCode = new RegExp(
  [
    String.raw`\/\/[^\n]*`,
    block,
    String.raw`\b[bc]?r(#*)"[\s\S]*?"\1`,
    String.raw`"(?:[^"\\]|\\[\s\S])*"`,
    String.raw`'(?:[^'\\\n]|\\[^\n]{1,9}?)'`,
  ].join('|'),
  'g',
);

function nest(inner: string): string {
  return String.raw`\/\*(?:[^*/]|\*(?!\/)|\/(?!\*)|${inner})*\*\/`;
}

/** Rust source with comments, strings and characters blanked; every offset and line number stays. */
export function rustCode(text: string): string {
  return text.replace(notCode, (found) => found.replace(/[^\n]/g, ' '));
}
