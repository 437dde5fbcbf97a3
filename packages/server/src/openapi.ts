import { readFile } from 'node:fs/promises';

let text: Promise<string> | undefined;

/** The description of the routes, as OpenAPI has it. It is made from the table of operations, and lies beside this file. */
export function openapi(): Promise<string> {
  text ??= readFile(new URL('./openapi.json', import.meta.url), 'utf8');
  return text;
}
