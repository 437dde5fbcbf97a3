import { Option } from 'commander';
import type { Definition } from '../catalogue.js';
import { oneOf } from '../choice.js';
import { withExamples } from '../command.js';
import type { Context } from '../context.js';
import type { Database } from '../database.js';
import { at, withAt } from '../moment.js';
import { Progress } from '../progress.js';
import { counted, size } from '../size.js';
import { Target } from '../target.js';
import { visible } from '../visible.js';

interface ExportOptions {
  output?: string;
  format: string;
  at?: string;
  progress?: boolean;
}

const formats = ['jsonl'];

export const defineExport: Definition = (command, context) => {
  command
    .option('--output <file>', 'the file to write, packed where it ends with .gz (default: stdout)')
    .addOption(
      new Option('--format <format>', 'JSON Lines')
        .choices(formats)
        .argParser(oneOf('format', formats))
        .default('jsonl', 'jsonl'),
    )
    .option('--progress', 'show progress without a terminal too')
    .action((options: ExportOptions) => exportTo(context, options));
  withAt(command);
  withExamples(command, [
    ['kdelta export --format jsonl --output data.jsonl', 'all versions of all keys'],
    ['kdelta export --output data.jsonl.gz', 'packed'],
    ['kdelta export --at 2026-01-31 | gzip > january.jsonl.gz', 'all that was written until then, to another command'],
  ]);
};

async function exportTo(
  context: Context,
  { output: name, at: moment, progress: wanted }: ExportOptions,
): Promise<void> {
  await context.reading(async (database) => {
    if (name === undefined) {
      await copy(context, database, moment, wanted, (chunk) => context.output.write(chunk));
      return;
    }
    const target = await Target.open(name);
    try {
      const lines = await copy(context, database, moment, wanted, (chunk) => target.write(chunk));
      await target.finish();
      // The first line and the last say what the file is.
      const versions = lines - 2;
      if (context.output.json) await context.output.line(JSON.stringify({ file: name, versions, bytes: target.bytes }));
      else context.output.note(`Wrote ${counted(versions, 'version')} to ${visible(name)} (${size(target.bytes)})`);
    } finally {
      await target.abandon();
    }
  });
}

/** Copies the export chunk by chunk and returns its number of lines. */
async function copy(
  context: Context,
  database: Database,
  moment: string | undefined,
  wanted = false,
  write: (chunk: Uint8Array) => Promise<void>,
): Promise<number> {
  const exporter = database.exporter(await at(context, database, moment));
  const { interrupt } = context;
  const progress = new Progress(wanted);
  let bytes = 0;
  let lines = 0;
  try {
    for (let chunk = await exporter.next(); chunk !== null; chunk = await exporter.next()) {
      await write(chunk);
      bytes += chunk.length;
      for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, end + 1)) lines++;
      progress.update(bytes, lines);
      if (interrupt.signal.aborted) throw interrupt.failure('The export is not complete.');
    }
    return lines;
  } finally {
    progress.end(bytes, lines);
    await exporter.abort();
  }
}
