import { usage } from './failure.js';
import { nearWords } from './nearness.js';

/** Reads a value that must be one of those that are known. */
export function oneOf(noun: string, known: string[]): (text: string) => string {
  return (text) => {
    if (known.includes(text)) return text;
    throw usage(`'${text}' is not a ${noun} kdelta knows. It knows ${known.join(', ')}.`, {
      suggestions: nearWords(text, known),
    });
  };
}
