import type { Definition } from '../catalogue.js';
import { withExamples } from '../command.js';
import { usage } from '../failure.js';
import { keyFileOf } from '../key-place.js';
import { wholeNumber } from '../whole-number.js';

interface StartOptions {
  host?: string;
  port?: number;
  keys?: string;
  allowOrigin?: string[];
  rate?: number;
  log: 'off' | 'info' | 'debug';
}

export const defineStart: Definition = (command, context) => {
  command
    .option('--host <address>', 'the address to listen on (default: 127.0.0.1)')
    .option('--port <n>', 'the port; 0 takes any that is free (default: 7878)', portNumber)
    .option('--keys <file>', 'the file of API keys (default: beside the folder of the database)')
    .option('--allow-origin <origin>', 'let the pages of an origin call; may be given more than once', gathered)
    .option('--rate <n>', 'how many requests a client may make in a second', wholeNumber('--rate'))
    .option('--log <level>', 'off, info or debug; lines of JSON to stderr', logLevel, 'off')
    .action(async (options: StartOptions) => {
      const { host, port, allowOrigin, rate, log } = options;
      const [{ Engine }, { serve }] = await Promise.all([
        import('@koru-delta/server'),
        import('@koru-delta/server/http'),
      ]);
      const place = context.place();
      const keys = await keyFileOf(place, options.keys);
      const sealKey = await context.key(false);
      const { path } = place;
      const engine = await Engine.open({ ...(path !== undefined && { path }), ...(sealKey && { key: sealKey }) });
      try {
        const server = await serve(engine, { host, port, keys, allowOrigins: allowOrigin, rate, log });
        const { url } = server;
        await context.output.line(context.output.json ? JSON.stringify({ url }) : `KoruDelta is listening on ${url}`);
        await aborted(context.interrupt.signal);
        endAtOnceNextTime();
        await server.stop();
      } finally {
        await engine.close();
      }
    });
  command.addHelpText(
    'after',
    '\nCtrl-C or SIGTERM finishes what is under way and closes the database; a second one ends at once.',
  );
  withExamples(command, [
    ['kdelta start --db ./data', 'serve a database to other programs on this machine'],
    ['kdelta start --memory --port 0 --json', 'serve an empty one on any free port, and print where'],
    ['kdelta start --db ./data --host 0.0.0.0', 'serve it to other machines, with the keys of kdelta key create'],
  ]);
};

/** Reads a port. */
function portNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw usage(`--port takes a number up to 65535, not '${text}'.`);
  return Number(text);
}

function logLevel(text: string): string {
  if (!['off', 'info', 'debug'].includes(text)) throw usage(`--log takes off, info or debug, not '${text}'.`);
  return text;
}

function gathered(text: string, before: string[] = []): string[] {
  return [...before, text];
}

/** Resolves when the person or the system asks to stop. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** A second signal does not wait for what the first has begun. */
function endAtOnceNextTime(): void {
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.removeAllListeners(name);
    process.on(name, () => process.exit(1));
  }
}
