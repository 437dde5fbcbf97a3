import { usage } from './failure.js';

/** Reads the value of an option that counts something: a whole number from 1. */
export function wholeNumber(flag: string): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < 1 || !Number.isSafeInteger(number)) {
      throw usage(`${flag} takes a whole number from 1, not '${text}'.`);
    }
    return number;
  };
}
