/** Controls could move the cursor or repaint the terminal; marks that turn the direction of writing could hide a text. */
export const unsafe = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const unsafeButLayout = /(?![\n\t])[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Whether a text has what could act on a terminal. */
export function hasUnsafe(text: string): boolean {
  return text.search(unsafe) !== -1;
}

/** A text from the database or from a file as it may stand in a line for people: what could act is spelled out. */
export function visible(text: string): string {
  return text.replace(unsafe, spelled);
}

/** The same for a text that has lines of its own. JSON stays the same JSON, for it takes the spelling as an escape. */
export function visibleLines(text: string): string {
  return text.replace(unsafeButLayout, spelled);
}

function spelled(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
