import { shellWord } from './shell-word.js';

/** The command line as it was typed, to show it again with something mended. */
export class CommandLine {
  readonly #shown = new Set<string>();

  /** `name` is the command among the words; options may stand before it. */
  constructor(
    private readonly words: readonly string[],
    private readonly name: string | undefined,
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
    const end = this.words.indexOf('--');
    return this.#show(this.words.toSpliced(end === -1 ? this.words.length : end, 0, ...options));
  }

  /** With other words in the place of one behind the command. */
  replacing(word: string, ...others: string[]): string {
    const at = this.words.indexOf(word, this.words.indexOf(this.name ?? '') + 1);
    return this.#show(at === -1 ? this.words : this.words.toSpliced(at, 1, ...others));
  }

  /** Without an option and, where it has one, its value. */
  without(option: string, hasValue: boolean): string {
    const at = this.words.indexOf(option);
    const rest = at === -1 ? this.words : this.words.toSpliced(at, hasValue ? 2 : 1);
    return this.#show(rest.filter((word) => !word.startsWith(`${option}=`)));
  }

  /** With a word that looks like an option behind the two dashes that make it a value. */
  asValue(word: string): string {
    return this.#show([...this.words.filter((other) => other !== word && other !== '--'), '--', word]);
  }

  #show(words: readonly string[]): string {
    const command = ['kdelta', ...words.map(shellWord)].join(' ');
    this.#shown.add(command);
    return command;
  }
}
