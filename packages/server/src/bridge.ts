import type { Readable, Writable } from 'node:stream';
import { Conversation } from './conversation.js';
import type { Engine } from './engine.js';
import { LineJoiner } from './lines.js';

/** When so many bytes of answers wait to be read, no further request is. */
const WAITING_MAX = 16 << 20;

/**
 * One conversation over a pair of streams: a JSON text a line. Resolves when the input has ended and everything it asked for
 * is answered. Who does not read its answers is not read from either.
 */
export async function converse(engine: Engine, input: Readable, output: Writable): Promise<void> {
  const joiner = new LineJoiner();
  const conversation = new Conversation(engine, (text) => output.write(text));
  // A reader that is gone takes nothing more; what it asked for is finished all the same.
  output.on('error', () => input.destroy());
  try {
    for await (const chunk of input) {
      const { bytes, tooLong } = joiner.push(chunk as Buffer);
      if (bytes.length > 0) await conversation.take(bytes);
      for (let line = 0; line < tooLong; line += 1) conversation.refuseLine();
      if (output.writableLength > WAITING_MAX) await drained(output);
    }
    const rest = joiner.end();
    if (rest.length > 0) await conversation.take(rest);
  } catch (error) {
    if (!input.destroyed) throw error;
  } finally {
    await conversation.close();
  }
}

/** Waits until the output takes more, or never will. */
function drained(output: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const event of ['drain', 'close', 'error']) output.off(event, done);
      resolve();
    };
    for (const event of ['drain', 'close', 'error']) output.on(event, done);
  });
}
