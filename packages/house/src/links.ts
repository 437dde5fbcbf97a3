import { posix } from 'node:path';
import { lineAt, type SourceFile } from './tree.js';

/** Relative links of Markdown files that lead to no file, or to no heading of it. */
export function brokenLinks(files: SourceFile[], exists: (path: string) => boolean): string[] {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  return files
    .filter(({ path }) => path.endsWith('.md'))
    .flatMap(({ path, text }) =>
      links(text)
        .filter(({ href }) => !resolves(path, href, texts, exists))
        .map(({ href, offset }) => `${path}:${lineAt(text, offset)}: ${href}`),
    );
}

function resolves(from: string, href: string, texts: Map<string, string>, exists: (path: string) => boolean): boolean {
  const [file = '', anchor] = decodeURI(href).split('#');
  const path = file ? posix.join(posix.dirname(from), file) : from;
  if (!exists(path)) return false;
  const text = texts.get(path);
  return !anchor || !path.endsWith('.md') || text === undefined || anchors(text).has(anchor);
}

/** Inline links, images and reference definitions, without those that name a scheme. */
function links(text: string): { href: string; offset: number }[] {
  const prose = withoutCode(text);
  return [...prose.matchAll(/\]\(<?([^\s()<>]+)>?(?:\s+"[^"]*")?\)|^\[[^\]]+\]:\s*(\S+)/gm)]
    .map((match) => ({ href: match[1] ?? match[2] ?? '', offset: match.index }))
    .filter(({ href }) => !/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(href));
}

/** The anchors GitHub gives to headings. */
function anchors(text: string): Set<string> {
  const seen = new Map<string, number>();
  const found = new Set<string>();
  for (const [, heading = ''] of withoutFences(text).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
      .replaceAll(' ', '-');
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    found.add(count === 0 ? slug : `${slug}-${count}`);
  }
  return found;
}

function withoutFences(text: string): string {
  return text.replace(/^( *)(```+|~~~+)[\s\S]*?^\1\2/gm, blank);
}

function withoutCode(text: string): string {
  return withoutFences(text).replace(/`[^`\n]*`/g, blank);
}

function blank(found: string): string {
  return found.replace(/[^\n]/g, ' ');
}
