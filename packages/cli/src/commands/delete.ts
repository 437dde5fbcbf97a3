import { readAddress, spoken } from '../address.js';
import type { Definition } from '../catalogue.js';
import { withExamples } from '../command.js';
import { shellWord } from '../shell-word.js';
import { visible } from '../visible.js';
import { type WriteOptions, withAnnotation, withGuard, writeParams } from '../write-options.js';

export const defineDelete: Definition = (command, context) => {
  command.argument('<address>', 'NAMESPACE/KEY').action(async (text: string, options: WriteOptions) => {
    const { output } = context;
    const address = readAddress(text, context.line);
    await context.writing(async (database) => {
      const result = await database.call('delete', { ...address, ...writeParams(options) });
      if (output.json) return output.line(result);
      await output.line(`${visible(spoken(address))} is deleted`);
      context.suggest({ text: 'To bring it back', command: `kdelta revert ${shellWord(spoken(address))}` });
    });
  });
  withAnnotation(withGuard(command));
  withExamples(command, [
    ['kdelta delete users/alice', 'delete a key'],
    ['kdelta revert users/alice', 'and bring it back'],
    ['kdelta delete users/alice --reason "asked to be forgotten"', 'say why'],
  ]);
};
