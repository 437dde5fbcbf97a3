import { readAddress, spoken } from '../address.js';
import type { Definition } from '../catalogue.js';
import { withExamples } from '../command.js';
import { at, momentForms } from '../moment.js';
import { readRecord } from '../record.js';
import { shellWord } from '../shell-word.js';
import { visible } from '../visible.js';
import { type WriteOptions, withAnnotation, withGuard, writeParams } from '../write-options.js';

interface RevertOptions extends WriteOptions {
  at?: string;
}

export const defineRevert: Definition = (command, context) => {
  command
    .argument('<address>', 'NAMESPACE/KEY')
    .option('--at <moment>', `bring back what was there then, instead of before the last change: ${momentForms}`)
    .action(async (text: string, options: RevertOptions) => {
      const { output } = context;
      const address = readAddress(text, context.line);
      await context.writing(async (database) => {
        const result = await database.call('revert', {
          ...address,
          ...(await at(context, database, options.at)),
          ...writeParams(options),
        });
        if (output.json) return output.line(result);
        const { version, deleted } = readRecord(result);
        const state = deleted ? 'is gone, as it was then,' : 'is again what it was,';
        await output.line(`${visible(spoken(address))} ${state} as version ${version}`);
        if (deleted)
          context.suggest({ text: 'To bring it back', command: `kdelta revert ${shellWord(spoken(address))}` });
      });
    });
  withAnnotation(withGuard(command));
  withExamples(command, [
    ['kdelta revert users/alice', 'undo the last change, also a delete'],
    ['kdelta revert users/alice --at -1h', 'make it what it was an hour ago'],
    ['kdelta log users/alice', 'find the version to bring back'],
  ]);
};
