import type { ImportReport } from 'koru-delta';
import type { Definition } from '../catalogue.js';
import { withExamples } from '../command.js';
import type { CommandLine } from '../command-line.js';
import type { Context } from '../context.js';
import type { Database } from '../database.js';
import { Failure, recordOf } from '../failure.js';
import { Progress } from '../progress.js';
import { counted } from '../size.js';
import { openSource, type Source } from '../source.js';

interface ImportOptions {
  restamp?: boolean;
  progress?: boolean;
}

export const defineImport: Definition = (command, context) => {
  command
    .argument('<file>', 'what export wrote, or a history in the same form, plain or gzip; - reads stdin')
    .option('--restamp', 'give the versions the time of now, and keep the old one beside it')
    .option('--progress', 'show progress without a terminal too')
    .action(async (file: string, options: ImportOptions) => {
      const source = await openSource(file, context.interrupt.signal);
      await context.writing((database) => importFrom(context, database, source, options));
    });
  withExamples(command, [
    ['kdelta import data.jsonl --db ./copy', 'make a database from an export'],
    ['kdelta import data.jsonl.gz --restamp', 'add a history to a database that goes on after its beginning'],
    ['ssh other kdelta export | kdelta import -', 'bring one over'],
  ]);
};

async function importFrom(context: Context, database: Database, source: Source, options: ImportOptions): Promise<void> {
  const { interrupt, output } = context;
  const importer = database.importer({ restamp: options.restamp });
  const progress = new Progress(options.progress === true, source.size);
  let lines = 0;
  let report: ImportReport;
  try {
    for await (const chunk of source.chunks) {
      interrupt.throwIfReceived();
      await importer.feed(chunk);
      for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, end + 1)) lines++;
      progress.update(source.read, lines);
    }
    interrupt.throwIfReceived();
    report = JSON.parse(await importer.finish()) as ImportReport;
  } catch (error) {
    throw interrupt.signal.aborted ? interrupt.failure('Nothing was imported.') : explained(error, context.line);
  } finally {
    progress.end(source.read, lines);
    await importer.abort();
  }
  if (output.json) await output.line(JSON.stringify(report));
  else await output.line(`Imported ${counted(report.versions, 'version')} in ${counted(report.commits, 'commit')}`);
}

/** An import is all or nothing, and a failure says so. */
function explained(error: unknown, line: CommandLine): Failure {
  const record = recordOf(error);
  const happened = record.detail.replace(/ Nothing was (written|imported)\.$/, '');
  const hints = record.hints.map((hint) =>
    hint.command?.startsWith('kdelta import') ? { ...hint, command: line.plus('--restamp') } : hint,
  );
  return new Failure({ ...record, detail: `${happened} Nothing was imported.`, hints });
}
