/** The first line of every generated file; tests and reviewers look for it. */
export function header(mark: string, end = ''): string {
  return `${mark} Generated from packages/protocol by \`npm run gen\`. Do not edit.${end}\n`;
}
