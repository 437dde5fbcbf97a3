import { readAddress, spoken } from '../address.js';
import type { Definition } from '../catalogue.js';
import { withExamples } from '../command.js';
import { readRecord } from '../record.js';
import { readValue } from '../value.js';
import { visible } from '../visible.js';
import { type WriteOptions, withAnnotation, withGuard, writeParams } from '../write-options.js';

export const defineSet: Definition = (command, context) => {
  command
    .argument('<address>', 'NAMESPACE/KEY')
    .argument('<json>', 'the value as JSON; - reads it from stdin, @FILE from a file')
    .action(async (text: string, json: string, options: WriteOptions) => {
      const { output, interrupt } = context;
      const address = readAddress(text, context.line);
      const value = await readValue(json, address, interrupt);
      await context.writing(async (database) => {
        const result = await database.call('put', { ...address, ...writeParams(options) }, value);
        if (output.json) await output.line(result);
        else await output.line(`${visible(spoken(address))} is now version ${readRecord(result).version}`);
      });
    });
  withAnnotation(withGuard(command));
  withExamples(command, [
    [`kdelta set users/alice '{"name": "Alice"}'`, 'write a document'],
    ['kdelta set counters/visits 1 --if-version none', 'only if there is none yet'],
    ['curl -s https://example.com/rates.json | kdelta set rates/today -', 'take it from another command'],
    ['kdelta set users/alice @alice.json --actor bob --reason "new address"', 'say who and why'],
  ]);
};
