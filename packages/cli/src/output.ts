import { once } from 'node:events';
import { drawFailure } from './drawing.js';
import { fileFailure } from './failure.js';
import { type Style, styleFor } from './style.js';

/** What a command prints: data to stdout, words about it to stderr. */
export class Output {
  readonly out = styleFor(process.stdout);
  readonly err: Style = styleFor(process.stderr);

  /** `json`: whether what goes to stdout is for programs. */
  constructor(readonly json: boolean) {}

  /** The width a line may have, in characters; a pipe takes any. */
  get width(): number {
    return process.stdout.isTTY ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY;
  }

  get isTerminal(): boolean {
    return process.stdout.isTTY === true;
  }

  /** Writes to stdout and waits while the reader is slower than we are. */
  async write(text: string | Uint8Array): Promise<void> {
    if (!process.stdout.write(text)) await once(process.stdout, 'drain');
  }

  async line(text: string): Promise<void> {
    await this.write(`${text}\n`);
  }

  /** Writes lines in one go, which is many times faster than one by one. */
  async lines(texts: string[]): Promise<void> {
    if (texts.length > 0) await this.write(`${texts.join('\n')}\n`);
  }

  /** Says something to the person, beside the data. Programs that asked for JSON are not told. */
  note(text: string): void {
    if (!this.json) process.stderr.write(`${text}\n`);
  }
}

/** A reader that has seen enough, such as `head`, ends the command without a word; a full disk is said. */
export function endWhereNobodyReads(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    const { record } = fileFailure(error, 'write', 'stdout');
    process.stderr.write(drawFailure(record, styleFor(process.stderr)));
    process.exit(record.exitCode);
  });
  // There is nowhere left to say that nothing can be said.
  process.stderr.on('error', () => {});
}
