import { type Definition, find } from '../catalogue.js';
import { buildCommand, withExamples } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import { commands, unknownCommand } from '../misuse.js';
import { overview } from '../overview.js';

/** What help explains beside the commands. */
export const topics = ['exit-codes'];

export const defineHelp: Definition = (command, context) => {
  command
    .argument('[command]', `a command, or one of the topics: ${topics.join(', ')}`)
    .usage('[command]')
    .action(async (name: string | undefined) => {
      const { output } = context;
      if (name === undefined) return output.write(overview(output.out));
      if (name === 'exit-codes') return output.write(drawExitCodes(output.width));
      const entry = find(name);
      if (!entry) throw unknownCommand(name, [...commands(), ...topics], 'kdelta help ');
      (await buildCommand(entry, () => context)).outputHelp();
    });
  withExamples(command, [
    ['kdelta help get', 'a command with its options and examples'],
    ['kdelta help exit-codes', 'what each exit code says'],
  ]);
};

function drawExitCodes(width: number): string {
  const rows = Object.entries(exitCodes).map(
    ([code, text]) => `  ${code.padStart(3)}  ${broken(text, width, '       ')}\n`,
  );
  const json =
    'With --json a failure is one line of JSON on stderr; its member error.code names it more closely than the exit code.';
  return `Exit codes:\n${rows.join('')}\n${broken(json, width, '')}\n`;
}

/** A sentence over as many lines as the width needs, each behind the indent. */
function broken(text: string, width: number, indent: string): string {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && indent.length + line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join(`\n${indent}`);
}
