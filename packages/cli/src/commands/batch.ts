import type { Command } from 'commander';
import type { Definition } from '../catalogue.js';
import { withExamples } from '../command.js';
import type { CommandLine } from '../command-line.js';
import type { Context } from '../context.js';
import type { Database } from '../database.js';
import { Failure, recordOf, usage } from '../failure.js';
import { lineAdvice } from '../line-advice.js';
import { Loading, type Summary } from '../loading.js';
import { Progress, took } from '../progress.js';
import { Rejects } from '../rejects.js';
import { counted } from '../size.js';
import { openSource, type Source } from '../source.js';
import { Target } from '../target.js';
import { wholeNumber } from '../whole-number.js';
import { type WriteOptions, withAnnotation } from '../write-options.js';

interface BatchOptions extends WriteOptions {
  file: string;
  namespace?: string;
  keyField?: string;
  skipBad?: boolean;
  rejects?: string;
  batchSize?: number;
  progress?: boolean;
}

export const defineBatch: Definition = (command, context) => {
  command
    .requiredOption('--file <file>', 'JSON Lines, plain or gzip; - reads stdin')
    .option('--namespace <namespace>', 'the namespace of lines that name none')
    .option('--key-field <member>', 'lines are plain documents, and this member of each is its key')
    .option('--skip-bad', 'leave out lines that cannot be taken, and write the rest')
    .option('--rejects <file>', 'where to put the lines that were left out')
    .option('--batch-size <n>', 'one batch for every n lines, instead of one for all', wholeNumber('--batch-size'))
    .option('--progress', 'show progress without a terminal too')
    .action((options: BatchOptions) => batch(context, options));
  withAnnotation(command);
  forms(command);
  withExamples(command, [
    ['kdelta batch --file data.jsonl', 'all lines in one batch: all are written, or none'],
    ['kdelta batch --file people.jsonl.gz --namespace users --key-field id', 'plain documents'],
    ['kdelta batch --file data.jsonl --skip-bad --rejects bad.jsonl', 'keep bad lines for later'],
    ['generate | kdelta batch --file - --batch-size 10000', 'an endless input, a batch at a time'],
  ]);
};

function forms(command: Command): void {
  command.addHelpText(
    'after',
    `
Lines:
  {"key": "users/alice", "value": {"name": "Alice"}}
  {"namespace": "users", "key": "alice", "value": {"name": "Alice"}}
  {"key": "users/alice", "delete": true}`,
  );
}

async function batch(context: Context, options: BatchOptions): Promise<void> {
  if (options.rejects !== undefined && !options.skipBad) {
    throw usage('--rejects takes the lines that --skip-bad leaves out, and --skip-bad is missing.');
  }
  if (options.keyField !== undefined && options.namespace === undefined) {
    throw usage('--key-field makes a key of each document, and the --namespace to put them in is missing.', {
      hints: [{ text: 'An example', command: context.line.plus('--namespace', 'users') }],
    });
  }
  // The source comes first: a file that cannot be read must not leave an empty database behind.
  const source = await openSource(options.file, context.interrupt.signal);
  if (options.file === '-' && process.stdin.isTTY)
    context.output.note('Reading lines from the terminal. End with Ctrl-D.');
  const rejects = new Rejects(options.rejects === undefined ? undefined : await Target.open(options.rejects));
  try {
    await context.writing((database) => load(context, options, database, source, rejects));
  } finally {
    await rejects.abandon();
  }
}

async function load(
  context: Context,
  options: BatchOptions,
  database: Database,
  source: Source,
  rejects: Rejects,
): Promise<void> {
  const { interrupt, output } = context;
  const { namespace, keyField, skipBad, actor, reason, batchSize } = options;
  const loading = new Loading(database, { namespace, keyField, skipBad, actor, reason }, batchSize, (reject) =>
    rejects.add(reject),
  );
  const progress = new Progress(options.progress === true, source.size);
  try {
    for await (const chunk of source.chunks) {
      interrupt.throwIfReceived();
      await loading.feed(chunk);
      progress.update(source.read, loading.lines);
    }
    interrupt.throwIfReceived();
    await loading.finish();
  } catch (error) {
    if (loading.batches > 0) await rejects.finish();
    throw interrupt.signal.aborted
      ? interrupt.failure(kept(loading))
      : explained(error, loading, context.line, options, source);
  } finally {
    progress.end(source.read, loading.lines);
    await loading.abort();
  }
  await rejects.finish();
  const summary = loading.summary();
  const seconds = progress.seconds;
  if (output.json) return output.line(JSON.stringify({ ...summary, ...figures(summary.count, source, seconds) }));
  await output.line(drawReceipt(summary, seconds));
  for (const line of rejects.draw(options.rejects)) output.note(line);
}

function figures(versions: number, source: Source, seconds: number) {
  return { bytes: source.read, seconds: Number(seconds.toFixed(3)), perSecond: Math.round(versions / seconds) };
}

function drawReceipt({ count, batches, firstSeq, lastSeq, durability }: Summary, seconds: number): string {
  if (count === 0) return 'There was nothing to write.';
  const what = `Wrote ${counted(count, 'version')}${batches > 1 ? ` in ${counted(batches, 'batch', 'batches')}` : ''}`;
  const seqs = firstSeq === lastSeq ? `seq:${lastSeq}` : `seq:${firstSeq} to seq:${lastSeq}`;
  return `${what}${took(count, seconds)} as ${seqs}, durability ${durability}`;
}

/** What is in the database although the command failed. */
function kept({ batches, count }: Loading): string {
  if (batches === 0) return 'Nothing was written.';
  return `What was written before stays: ${counted(batches, 'batch', 'batches')} with ${counted(count, 'version')}.`;
}

/** A bad line is named by its number in the file, and the failure says what became of the others. */
function explained(
  error: unknown,
  loading: Loading,
  line: CommandLine,
  options: BatchOptions,
  source: Source,
): Failure {
  const record = recordOf(error);
  const { line: numberInBatch, detail } = record;
  const happened = detail.replace(/ Nothing was written\.$/, '');
  if (typeof numberInBatch !== 'number') return new Failure({ ...record, detail: `${happened} ${kept(loading)}` });
  const number = loading.lineNumber(numberInBatch);
  const skip = line.plus('--skip-bad', '--rejects', 'rejects.jsonl');
  // What came on stdin is gone, and what is written already would be written twice.
  const again = options.file !== '-' && loading.batches === 0;
  const advice =
    number === 1 && !options.keyField ? lineAdvice(detail, { ...options, packed: source.packed }, line) : [];
  return new Failure({
    ...record,
    line: number,
    source: source.name,
    detail: `${happened.replace(/^Line \d+/, `Line ${number}`)} ${kept(loading)}`,
    hints: again ? [...advice, { text: 'To write the good lines and set the bad ones aside', command: skip }] : [],
  });
}
