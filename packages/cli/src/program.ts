import { type Command, CommanderError } from 'commander';
import { find } from './catalogue.js';
import { buildCommand, optionKind, optionsEverywhere } from './command.js';
import { CommandLine } from './command-line.js';
import { Context } from './context.js';
import { dispatch, wantsJson } from './dispatch.js';
import { drawFailure } from './drawing.js';
import { recordOf } from './failure.js';
import { Interrupt } from './interrupt.js';
import { misuse, unknownCommand, unknownOption } from './misuse.js';
import { endWhereNobodyReads, Output } from './output.js';
import { overview } from './overview.js';
import { situated } from './situation.js';

/** Runs one command line to its end and returns the exit code. */
export async function runProgram(argv: string[], version: string): Promise<number> {
  const output = new Output(wantsJson(argv));
  const interrupt = new Interrupt();
  endWhereNobodyReads();
  interrupt.listen();
  const { name, args } = dispatch(argv);
  let command: Command | undefined;
  const line = new CommandLine(argv, (word) => optionKind(command)(word));
  try {
    if (name === undefined) {
      await runWithoutCommand(args, output, version);
    } else if (name === '__complete') {
      const { complete } = await import('./completion/complete.js');
      await complete(args, output);
    } else {
      const entry = find(name);
      if (!entry) throw unknownCommand(name);
      command = await buildCommand(entry, (built) => new Context(built, line, output, interrupt));
      await parse(command, args, line);
    }
    return 0;
  } catch (error) {
    const found = recordOf(isAbort(error) ? interrupt.failure() : error);
    if (found.code === 'cancelled' && interrupt.endsQuietly) return found.exitCode;
    const record = command
      ? await situated(found, { line, options: command.opts(), argument: command.args[0] })
      : found;
    if (output.json) process.stderr.write(`${JSON.stringify({ error: record })}\n`);
    else process.stderr.write(drawFailure(record, output.err));
    return record.exitCode;
  }
}

async function runWithoutCommand(args: string[], output: Output, version: string): Promise<void> {
  const known = ['--help', '-h', '--version', '-V', ...optionsEverywhere];
  const unknown = args.find((arg) => arg.startsWith('-') && !known.includes(arg.split('=')[0] ?? arg));
  if (unknown !== undefined) throw unknownOption(unknown, known);
  if (args.includes('--version') || args.includes('-V')) await output.line(version);
  else await output.write(overview(output.out));
}

async function parse(command: Command, args: string[], line: CommandLine): Promise<void> {
  try {
    await command.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code !== 'commander.helpDisplayed') throw misuse(error, command, line);
  }
}

/** Streams that an interrupt destroyed fail in the words of Node. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
