import { count, size } from './size.js';

const interval = 100;
/** Without a terminal a line stays where it was written, so there are few of them. */
const intervalOfLines = 1000;

/** How far a long command is, on stderr: shown in a terminal, or where `--progress` asks for it. */
export class Progress {
  readonly #started = performance.now();
  readonly #terminal = process.stderr.isTTY === true;
  readonly #shown: boolean;
  #last = Number.NEGATIVE_INFINITY;
  #drawn = false;

  /** `total` is the number of bytes to come, when it is known. */
  constructor(
    wanted: boolean,
    private readonly total?: number,
  ) {
    this.#shown = wanted || this.#terminal;
  }

  /** Seconds since the start. */
  get seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  update(bytes: number, lines: number): void {
    if (!this.#shown) return;
    const now = performance.now();
    if (now - this.#last < (this.#terminal ? interval : intervalOfLines)) return;
    this.#last = now;
    const text = describe(bytes, lines, this.seconds, this.total);
    process.stderr.write(this.#terminal ? `\r\u001b[K${text}` : `${text}\n`);
    this.#drawn = true;
  }

  /** Clears what the terminal shows; lines that were written stay. */
  end(): void {
    if (this.#drawn && this.#terminal) process.stderr.write('\r\u001b[K');
    this.#drawn = false;
  }
}

/** `45 MB of 98 MB, 312,000 lines, 98,000 lines/s, 1:03 left`. */
export function describe(bytes: number, lines: number, seconds: number, total?: number): string {
  const parts = [total === undefined ? size(bytes) : `${size(bytes)} of ${size(total)}`];
  parts.push(`${count(lines)} lines`);
  if (seconds > 0) parts.push(`${rate(lines, seconds)} lines/s`);
  if (total !== undefined && bytes > 0 && seconds >= 1) {
    parts.push(`${clock((Math.max(0, total - bytes) / bytes) * seconds)} left`);
  }
  return parts.join(', ');
}

/** How many a second, for people. */
export function rate(amount: number, seconds: number): string {
  return count(Math.round(amount / Math.max(seconds, 0.001)));
}

function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
