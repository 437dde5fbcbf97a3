import type { Definition } from '../catalogue.js';
import { withExamples } from '../command.js';
import { usage } from '../failure.js';

interface StartOptions {
  host?: string;
  port?: number;
}

export const defineStart: Definition = (command, context) => {
  command
    .option('--host <address>', 'the address to listen on (default: 127.0.0.1)')
    .option('--port <n>', 'the port; 0 takes any that is free (default: 7878)', portNumber)
    .action(async ({ host, port }: StartOptions) => {
      const { Engine, serve } = await import('@koru-delta/server');
      const { path } = context.place();
      const key = await context.key(false);
      const engine = await Engine.open({ ...(path !== undefined && { path }), ...(key && { key }) });
      try {
        const server = await serve(engine, {
          ...(host !== undefined && { host }),
          ...(port !== undefined && { port }),
        });
        const { url } = server;
        await context.output.line(context.output.json ? JSON.stringify({ url }) : `KoruDelta is listening on ${url}`);
        await aborted(context.interrupt.signal);
        endAtOnceNextTime();
        await server.stop();
      } finally {
        await engine.close();
      }
    });
  withExamples(command, [
    ['kdelta start --db ./data', 'serve a database to other programs on this machine'],
    ['kdelta start --memory --port 0 --json', 'serve an empty one on any free port, and print where'],
  ]);
};

/** Reads a port. */
function portNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw usage(`--port takes a number up to 65535, not '${text}'.`);
  return Number(text);
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
