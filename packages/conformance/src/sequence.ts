import { Oracle } from './oracle.js';
import { Random } from './random.js';
import { Reading } from './reading.js';
import type { Script, Step } from './vector.js';
import { Writing } from './writing.js';

/** A script of writes, and of reads between them, that a seed fixes. It has at least so many steps. */
export function sequence(seed: number, length: number): Script {
  const random = new Random(seed);
  const oracle = new Oracle();
  const [writing, reading] = [new Writing(oracle, random), new Reading(oracle, random)];
  const steps: Step[] = [];
  while (steps.length < length) steps.push(writing.step(), ...reading.steps());
  return { name: `random writes and reads`, seed, steps };
}
