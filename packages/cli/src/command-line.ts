import { shellWord } from './shell-word.js';

/** Whether a word is an option of the command, and whether a value follows it; undefined for every other word. */
export type OptionKind = (word: string) => 'flag' | 'valued' | undefined;

/** Words that belong together: an operand, an option with its value, or the two dashes that end the options. */
interface Piece {
  kind: 'operand' | 'option' | 'end';
  words: string[];
}

/** The command line as it was typed, to show it again with something mended. */
export class CommandLine {
  readonly #shown = new Set<string>();

  /** `kind` is asked when a line is mended, by when the command is known. */
  constructor(
    private readonly words: readonly string[],
    private readonly kind: OptionKind,
  ) {}

  /** As it was typed. */
  get again(): string {
    return this.#show(this.words);
  }

  /** Whether a command is this line, mended or not: it names its database as the user did. */
  isSource(command: string): boolean {
    return this.#shown.has(command);
  }

  /** With more options, which stand before the two dashes that end the options. */
  plus(...options: string[]): string {
    const pieces = this.#pieces();
    const end = pieces.findIndex(({ kind }) => kind === 'end');
    return this.#join(pieces.toSpliced(end === -1 ? pieces.length : end, 0, { kind: 'option', words: options }));
  }

  /** With other words in the place of an operand. */
  replacing(operand: string, ...others: string[]): string {
    const pieces = this.#pieces();
    const name = pieces.findIndex(({ kind }) => kind === 'operand');
    const at = pieces.findIndex(({ kind, words }, i) => i > name && kind === 'operand' && words[0] === operand);
    return this.#join(at === -1 ? pieces : pieces.with(at, { kind: 'operand', words: others }));
  }

  /** With another value of an option. */
  setting(option: string, value: string): string {
    const pieces = this.#pieces();
    return this.#join(pieces.map((piece) => (names(piece, option) ? { ...piece, words: [option, value] } : piece)));
  }

  /** Without an option and, where it has one, its value. */
  without(option: string): string {
    return this.#join(this.#pieces().filter((piece) => !names(piece, option)));
  }

  /**
   * With two dashes before a word that looks like an option and is a value. Operands keep their order, and options behind
   * it come before the dashes. Undefined where the word was typed as a part of another.
   */
  asValue(word: string): string | undefined {
    const pieces = this.#pieces();
    const at = pieces.findIndex(({ words }) => words[0] === word);
    if (at === -1) return undefined;
    const behind = pieces.slice(at).filter(({ kind }) => kind !== 'end');
    return this.#join([
      ...pieces.slice(0, at),
      ...behind.filter(({ kind }) => kind === 'option'),
      { kind: 'end', words: ['--'] },
      ...behind.filter(({ kind }) => kind === 'operand'),
    ]);
  }

  #pieces(): Piece[] {
    const pieces: Piece[] = [];
    for (let at = 0, ended = false; at < this.words.length; at += pieces.at(-1)?.words.length ?? 1) {
      const word = this.words[at] ?? '';
      const kind = ended ? undefined : this.kind(word.startsWith('--') ? (word.split('=')[0] ?? word) : word);
      if (!ended && word === '--') {
        ended = true;
        pieces.push({ kind: 'end', words: [word] });
      } else if (kind === undefined) {
        pieces.push({ kind: 'operand', words: [word] });
      } else {
        const hasNext = kind === 'valued' && !/^--.*=/s.test(word);
        pieces.push({ kind: 'option', words: this.words.slice(at, at + (hasNext ? 2 : 1)) });
      }
    }
    return pieces;
  }

  #join(pieces: Piece[]): string {
    return this.#show(pieces.flatMap(({ words }) => words));
  }

  #show(words: readonly string[]): string {
    const command = ['kdelta', ...words.map(shellWord)].join(' ');
    this.#shown.add(command);
    return command;
  }
}

function names({ kind, words: [word = ''] }: Piece, option: string): boolean {
  return kind === 'option' && (word === option || word.startsWith(`${option}=`));
}
