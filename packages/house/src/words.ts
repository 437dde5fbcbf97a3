import { lineAt, type SourceFile } from './tree.js';

/** What must not stand in any file, and why. */
const banned: { pattern: RegExp; why: string }[] = [
  { pattern: /(?<![\w.*])\/(work|root)\//g, why: 'a path of one machine' },
  {
    pattern:
      /registry\.npmjs\.org|crates\.io\/api|(index|static)\.crates\.io|proxy\.golang\.org|files\.pythonhosted\.org/g,
    why: 'a registry host; clients know their own',
  },
  { pattern: /\b(TODO|FIXME|XXX)\b/g, why: 'unfinished work belongs in an issue' },
  { pattern: /\b(todo|unimplemented)!\s*[([{]/g, why: 'code that is not written yet' },
];

/** The files that must spell the words to ban them. */
const spellers = ['packages/house/src/words.ts', 'packages/house/test/words.test.ts'];

export function bannedWords(files: SourceFile[]): string[] {
  return files
    .filter(({ path }) => !spellers.includes(path))
    .flatMap(({ path, text }) =>
      banned.flatMap(({ pattern, why }) =>
        [...text.matchAll(pattern)].map((match) => `${path}:${lineAt(text, match.index)}: ${match[0]} (${why})`),
      ),
    );
}
