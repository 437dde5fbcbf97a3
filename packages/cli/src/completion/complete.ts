import { Interrupt } from '../interrupt.js';
import type { Output } from '../output.js';
import { candidates } from './candidates.js';

/**
 * Answers a completion script: the words of the line so far, the last one under the cursor. Whatever goes wrong, there is
 * no candidate and no word about it, since the user is in the middle of typing.
 */
export async function complete(words: string[], output: Output): Promise<void> {
  try {
    const current = words.at(-1) ?? '';
    const found = await candidates(words.slice(0, -1), current, output, new Interrupt());
    const shown = found.filter(({ text }) => !/\p{Cc}/u.test(text));
    await output.lines(shown.map(({ text, about }) => (about ? `${text}\t${about}` : text)));
  } catch {
    // Said above.
  }
}
