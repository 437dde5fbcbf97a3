import { count, counted, size } from './size.js';

const interval = 100;
/** Without a terminal a line stays where it was written, so there are few of them. */
const intervalOfLines = 2000;
/** In less time, and with fewer than so many, a rate says more about the start of the command than about the work. */
const secondsOfRate = 0.1;
const amountOfRate = 1000;

/**
 * How far a long command is, on stderr: shown in a terminal, or where `--progress` asks for it. It is drawn by the clock,
 * so that it goes on while the input or the disk lets the command wait.
 */
export class Progress {
  readonly #started = performance.now();
  readonly #terminal = process.stderr.isTTY === true;
  readonly #timer: NodeJS.Timeout | undefined;
  #bytes = 0;
  #lines = 0;
  #drawn = false;

  /** `total` is the number of bytes to come, when it is known. */
  constructor(
    private readonly wanted: boolean,
    private readonly total?: number,
  ) {
    if (wanted || this.#terminal) {
      this.#timer = setInterval(() => this.#draw(), this.#terminal ? interval : intervalOfLines).unref();
    }
  }

  /** Seconds since the start. */
  get seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  update(bytes: number, lines: number): void {
    this.#bytes = bytes;
    this.#lines = lines;
  }

  /** Clears what the terminal shows. Elsewhere the lines that were written stay, and a last one tells the end. */
  end(bytes: number, lines: number): void {
    clearInterval(this.#timer);
    this.update(bytes, lines);
    if (this.#terminal) {
      if (this.#drawn) process.stderr.write('\r\u001b[K');
    } else if (this.wanted) {
      this.#draw();
    }
  }

  #draw(): void {
    const text = describe(this.#bytes, this.#lines, this.seconds, this.total);
    process.stderr.write(this.#terminal ? `\r\u001b[K${text}` : `${text}\n`);
    this.#drawn = true;
  }
}

/** `45 MB of 98 MB, 312,000 lines, 98,000 lines/s, 1:03 left`. */
export function describe(bytes: number, lines: number, seconds: number, total?: number): string {
  const parts = [total === undefined ? size(bytes) : `${size(bytes)} of ${size(total)}`];
  parts.push(counted(lines, 'line'));
  if (seconds >= secondsOfRate) parts.push(`${rate(lines, seconds)} lines/s`);
  if (total !== undefined && bytes > 0 && bytes < total && seconds >= 1) {
    parts.push(`${clock(((total - bytes) / bytes) * seconds)} left`);
  }
  return parts.join(', ');
}

/** ` in 3.2 s (98,000/s)`, as far as it means anything. */
export function took(amount: number, seconds: number): string {
  if (seconds < secondsOfRate) return '';
  return ` in ${seconds.toFixed(1)} s${amount < amountOfRate ? '' : ` (${rate(amount, seconds)}/s)`}`;
}

function rate(amount: number, seconds: number): string {
  return count(Math.round(amount / seconds));
}

function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
