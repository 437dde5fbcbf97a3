import type { Definition } from '../catalogue.js';
import { withExamples } from '../command.js';
import { usage } from '../failure.js';

export const defineBridge: Definition = (command, context) => {
  command.option('--stdio', 'speak over the standard streams').action(async (options: { stdio?: boolean }) => {
    if (!options.stdio) {
      throw usage('A bridge needs to know what carries it.', {
        hints: [{ text: 'To speak over the standard streams', command: 'kdelta bridge --stdio' }],
      });
    }
    const { converse, Engine } = await import('@koru-delta/server');
    const { path } = context.place();
    const key = await context.key(false);
    const engine = await Engine.open({ ...(path !== undefined && { path }), ...(key && { key }) });
    // A Ctrl-C in the terminal of the client was meant for the client, which closes the pipe when it ends.
    context.interrupt.leaveToParent();
    context.interrupt.signal.addEventListener('abort', () => process.stdin.destroy(), { once: true });
    try {
      await converse(engine, process.stdin, process.stdout);
    } finally {
      await engine.close();
    }
  });
  withExamples(command, [
    [
      'kdelta bridge --stdio --db ./data',
      'carry the database to a program in another language, as docs/protocol.md has it',
    ],
  ]);
};
