import { readAddress } from '../address.js';
import type { Definition } from '../catalogue.js';
import { withExamples } from '../command.js';
import { at, withAt } from '../moment.js';
import { readRecord } from '../record.js';
import { drawRecord, drawValue } from '../record-drawing.js';

interface GetOptions {
  at?: string;
  verbose?: boolean;
  raw?: boolean;
}

export const defineGet: Definition = (command, context) => {
  withAt(command)
    .argument('<address>', 'NAMESPACE/KEY')
    .option('-v, --verbose', 'print version, time, actor and reason too')
    .option('--raw', 'print the exact JSON text in a terminal too')
    .action(async (text: string, options: GetOptions) => {
      const { output } = context;
      const address = readAddress(text, context.line);
      await context.reading(async (database) => {
        const result = await database.call('get', {
          ...address,
          ...(await at(context, database, options.at)),
          required: true,
        });
        const record = readRecord(result);
        if (output.json) return output.line(result);
        if (options.verbose) await output.line(drawRecord(record, output.out));
        const exact = options.raw || (!output.isTerminal && !options.verbose);
        await output.line(exact ? (record.value ?? '') : drawValue(record.value ?? '', output.out));
      });
    });
  withExamples(command, [
    ['kdelta get users/alice', 'the value now'],
    ['kdelta get users/alice --at -10m', 'the value ten minutes ago'],
    ['kdelta get users/alice --at 2026-01-31', 'the value at the start of a day, UTC'],
    ['kdelta get users/alice --json', 'the whole record, for programs'],
  ]);
};
