/** A page of changes as text. */
export interface Page {
  /** Its versions, as a JSON array. */
  readonly items: string;
  /** Where it ends. */
  readonly cursor: string;
  readonly more: boolean;
}

/**
 * The parts of a page of changes, with its versions as text: parsing them would cost their numbers their digits. The page
 * ends with its cursor and `more`, which the engine writes last.
 */
export function cut(page: string): Page {
  const at = page.lastIndexOf(',"cursor":');
  const { cursor, more } = JSON.parse(`{${page.slice(at + 1)}`) as { cursor: string; more: boolean };
  return { items: page.slice('{"changes":'.length, at), cursor, more };
}
