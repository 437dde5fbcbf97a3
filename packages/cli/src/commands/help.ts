import { type Definition, find } from '../catalogue.js';
import { buildCommand, withExamples } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import { commands, unknownCommand } from '../misuse.js';
import { overview } from '../overview.js';
import { table } from '../table.js';

/** What help explains beside the commands. */
export const topics = ['exit-codes'];

export const defineHelp: Definition = (command, context) => {
  command
    .argument('[command]', `a command, or one of the topics: ${topics.join(', ')}`)
    .usage('[command]')
    .action(async (name: string | undefined) => {
      const { output } = context;
      if (name === undefined) return output.write(overview(output.out));
      if (name === 'exit-codes') return output.write(drawExitCodes());
      const entry = find(name);
      if (!entry) throw unknownCommand(name, [...commands(), ...topics], 'kdelta help ');
      (await buildCommand(entry, () => context)).outputHelp();
    });
  withExamples(command, [
    ['kdelta help get', 'a command with its options and examples'],
    ['kdelta help exit-codes', 'what each exit code says'],
  ]);
};

function drawExitCodes(): string {
  const rows = Object.entries(exitCodes).map(([code, text]) => [{ text: `  ${code.padStart(3)}` }, { text }]);
  return `Exit codes:\n${table(rows).join('\n')}

With --json a failure is one line of JSON on stderr; its member error.code names it more closely than the exit code.\n`;
}
