import type { RejectedLine } from 'koru-delta';
import { count, counted } from './size.js';
import type { Target } from './target.js';
import { visible } from './visible.js';

/** Without a file for them, so many lines that were left out are named. */
const shown = 10;

/** The lines that a batch leaves out: in a file where there is one for them, else the first few in memory. */
export class Rejects {
  #count = 0;
  readonly #first: RejectedLine[] = [];

  constructor(private readonly target: Target | undefined) {}

  async add(reject: RejectedLine): Promise<void> {
    this.#count++;
    if (this.target) await this.target.write(Buffer.from(`${JSON.stringify(reject)}\n`));
    else if (this.#first.length < shown) this.#first.push(reject);
  }

  async finish(): Promise<void> {
    await this.target?.finish();
  }

  async abandon(): Promise<void> {
    await this.target?.abandon();
  }

  /** What to tell the person about them. */
  draw(file: string | undefined): string[] {
    if (this.#count === 0) return [];
    const left = `${counted(this.#count, 'line')} left out`;
    if (file !== undefined) return [`${left}, kept in ${visible(file)}`];
    const more = this.#count - this.#first.length;
    const lines = this.#first.map(({ line, reason }) => `  line ${count(line)}: ${visible(reason)}`);
    return [`${left}:`, ...lines, ...(more > 0 ? [`  and ${count(more)} more; --rejects FILE keeps them all`] : [])];
  }
}
