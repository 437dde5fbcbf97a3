/** A fenced block of a Markdown page. */
export interface Block {
  language: string;
  text: string;
  /** The heading it stands under. */
  section: string;
}

export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let section = '';
  for (const match of markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$|^#+ (.+)$/gm)) {
    const [, language, text, heading] = match;
    if (heading !== undefined) section = heading;
    else if (language !== undefined && text !== undefined) blocks.push({ language, text, section });
  }
  return blocks;
}

/** The JavaScript programs of a page: each begins with the block that imports, and goes on with those that do not. */
export function programsOf(markdown: string): { section: string; code: string }[] {
  const programs: { section: string; code: string }[] = [];
  for (const { language, text, section } of blocksOf(markdown)) {
    if (language !== 'js') continue;
    const last = programs.at(-1);
    if (last === undefined || text.startsWith('import ')) programs.push({ section, code: text });
    else last.code += text;
  }
  return programs;
}

/** What a program says it will print: the comment behind a `console.log`, or the comment lines below it. */
export function promisesOf(code: string): string[] {
  const promises: string[] = [];
  let below = false;
  for (const line of code.split('\n')) {
    const [, comment] = /^\s*\/\/ (.*)$/.exec(line) ?? [];
    if (comment !== undefined) {
      if (below) promises.push(comment);
      continue;
    }
    const [, beside] = /console\.log\(.*\); \/\/ (.*)$/.exec(line) ?? [];
    if (beside !== undefined) promises.push(beside);
    below = beside === undefined && line.includes('console.log(');
  }
  return promises;
}

/** The commands of a console block, each with what it shows to be printed. */
export function commandsOf(block: string): { command: string; shown: string }[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((text) => ({ command: text.slice(0, text.indexOf('\n')), shown: text.slice(text.indexOf('\n') + 1) }));
}

/** A text in which everything that differs from run to run has one spelling. Dates before 2026 are data and stay. */
export function steady(text: string): string {
  return text
    .replace(/\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b/g, '<version>')
    .replace(/\b20(?:2[6-9]|[3-9]\d)-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/\b20(?:2[6-9]|[3-9]\d)-\d\d-\d\d [\d:.]+Z */g, '<time>  ')
    .replace(/ in [\d.]+ s(?: \([\d,]+\/s\))?/g, '')
    .replace(/ *\b[\d.]+ [KM]?B\b/g, ' <size>')
    .replace(/process \d+/g, 'process <pid>');
}

/** What a run printed, to be compared with what a page shows. A line that the page cuts with `<more>` is cut there. */
export function comparable(printed: string, shown: string): string {
  const lines = steady(printed).split('\n');
  for (const [at, line] of steady(shown).split('\n').entries()) {
    const cut = line.indexOf('<more>');
    if (cut >= 0 && lines[at] !== undefined) lines[at] = `${lines[at].slice(0, cut)}<more>`;
  }
  return lines.join('\n');
}

/** The promised lines that a run did not print in their order. */
export function missingLines(printed: string, promised: string[]): string[] {
  const lines = steady(printed).split('\n');
  let at = 0;
  return promised.filter((line) => {
    const found = lines.indexOf(steady(line), at);
    if (found >= 0) at = found + 1;
    return found < 0;
  });
}

/** Whether a Rust block stands in a file as it is, but for the indentation. */
export function standsIn(block: string, source: string): boolean {
  const plain = (text: string) => text.replace(/^\s+/gm, '');
  return plain(source).includes(plain(block));
}

/** A code of the engine's catalogue of errors. */
export interface ErrorEntry {
  code: string;
  retryable: boolean;
  exit: number;
}

/** The entries of the catalogue in the source of `code/catalogue.rs`. */
export function catalogueOf(source: string): ErrorEntry[] {
  const entry = /^ {4}\w+ = "(\w+)", "[^"]+", retryable (true|false), http \d+, exit (\d+);$/gm;
  return [...source.matchAll(entry)].map(([, code = '', retryable, exit]) => ({
    code,
    retryable: retryable === 'true',
    exit: Number(exit),
  }));
}

/** The catalogue that every client shares, as the generated TypeScript has it. */
export function sharedCatalogueOf(source: string): { code: string; exit: number; retryable: boolean }[] {
  const row = /^ {2}(\w+): \{\s*title:[^}]*retryable: (true|false),[^}]*exitCode: (\d+)/gm;
  return [...source.matchAll(row)].map(([, code = '', retryable, exit]) => ({
    code,
    retryable: retryable === 'true',
    exit: Number(exit),
  }));
}

/** The rows of the catalogue in the guide: code, meaning, exit code, what to do. */
export function documentedOf(markdown: string): { code: string; exit: number; retryable: boolean }[] {
  return [...markdown.matchAll(/^\| `(\w+)` \| .{10,} \| (\d+) \| (.{10,}) \|$/gm)].map(
    ([, code = '', exit, todo = '']) => ({ code, retryable: /\btry again\b/i.test(todo), exit: Number(exit) }),
  );
}
