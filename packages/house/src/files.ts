import { isRust, isScript, type SourceFile } from './tree.js';

const lineLimit = 600;
/** The first line of every generated file. */
const generated = /^(?:\/\/|#) Generated from packages\/protocol by /;
const empty = /^(utils?|commons?|helpers?|misc)$/;

/** Files and folders whose name says nothing of what is in them. */
export function emptyNames(files: SourceFile[]): string[] {
  return files.map(({ path }) => path).filter((path) => path.split('/').some((part) => empty.test(stem(part))));
}

function stem(name: string): string {
  return name.replace(/\..*$/, '');
}

/** A file that may be long, and why. */
export interface LongFile {
  file: string;
  reason: string;
}

/** Source files over the limit that the ledger does not excuse, and excuses that nothing needs any more. */
export function longFiles(files: SourceFile[], ledger: LongFile[]): string[] {
  const long = files
    .filter((file) => isRust(file) || isScript(file) || /\.(py|go)$/.test(file.path))
    // What is generated is as long as its table.
    .filter(({ text }) => !generated.test(text))
    .filter(({ text }) => lines(text) > lineLimit);
  const excused = new Set(ledger.filter(({ reason }) => reason.length > 0).map(({ file }) => file));
  const paths = new Set(long.map(({ path }) => path));
  return [
    ...long.filter(({ path }) => !excused.has(path)).map(({ path, text }) => `${path} has ${lines(text)} lines`),
    ...ledger.filter(({ file }) => !paths.has(file)).map(({ file }) => `${file} needs no place in the ledger`),
  ];
}

function lines(text: string): number {
  return text.split('\n').length - 1;
}
