import { usage } from './failure.js';
import type { Interrupt } from './interrupt.js';

const enter = ['\r', '\n'];
const erase = ['\u007f', '\b'];

/** Asks for a passphrase without showing it; twice where it will seal a new database, since a slip would lock it. */
export async function askPassphrase(interrupt: Interrupt, twice: boolean): Promise<string> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw usage('There is no terminal to ask for the passphrase.', {
      hints: [{ text: 'Set KDELTA_PASSPHRASE, or give the key with --key-file' }],
    });
  }
  const passphrase = await readHidden('Passphrase: ', interrupt);
  if (passphrase === '') throw usage('The passphrase is empty.');
  if (twice && (await readHidden('Once more: ', interrupt)) !== passphrase) throw usage('The two are not the same.');
  return passphrase;
}

async function readHidden(prompt: string, interrupt: Interrupt): Promise<string> {
  const input = process.stdin;
  // The terminal stops showing what is typed before the question stands there.
  input.setRawMode(true);
  process.stderr.write(prompt);
  input.setEncoding('utf8');
  input.resume();
  try {
    return await new Promise<string>((resolve, reject) => {
      let typed: string[] = [];
      const stop = () => reject(interrupt.failure());
      const take = (text: string) => {
        for (const character of text) {
          // In raw mode Ctrl-C and Ctrl-D are characters like any other.
          if (character === '\u0003') return interrupt.receive('SIGINT');
          if (enter.includes(character) || character === '\u0004') {
            input.off('data', take);
            interrupt.signal.removeEventListener('abort', stop);
            return resolve(typed.join(''));
          }
          typed = erase.includes(character) ? typed.slice(0, -1) : [...typed, character];
        }
      };
      interrupt.signal.addEventListener('abort', stop, { once: true });
      input.on('data', take);
    });
  } finally {
    input.setRawMode(false);
    input.pause();
    process.stderr.write('\n');
  }
}
