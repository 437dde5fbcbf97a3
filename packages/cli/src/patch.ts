import { elements, members } from './json-text.js';

/** A line of a drawn patch: what went or came, where, and its JSON text. */
export interface PatchLine {
  sign: '-' | '+';
  path: string;
  text: string;
}

/** A value that is opened only where a patch steps into it; all else stays the text it was. */
type Node = string | Map<string, Node> | Node[];

/**
 * Draws a JSON Patch as what went and what came. The patch is JSON text; `before` is the text of the value it applies to,
 * undefined when there was none. The steps are followed one by one, since each path is meant as of the steps before it.
 */
export function patchLines(patch: string, before: string | undefined): PatchLine[] {
  const lines: PatchLine[] = [];
  // The value hangs below a root of its own, so that a step that changes the whole value is like any other.
  const root: Map<string, Node> = new Map(before === undefined ? [] : [['', before]]);
  for (const step of elements(patch).map(members)) {
    const op = read(step.get('op'));
    const path = read(step.get('path'));
    const came = step.get('value');
    const names = path.split('/').map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
    const parent = names.slice(0, -1).reduce<Node>(child, root);
    const name = Array.isArray(parent) && names.at(-1) === '-' ? String(parent.length) : (names.at(-1) ?? '');
    const went = op === 'add' && Array.isArray(parent) ? undefined : find(parent, name);
    const shown = path.replace(/-$/, (dash) => (Array.isArray(parent) ? name : dash));
    if (went !== undefined) lines.push({ sign: '-', path, text: write(went) });
    if (came !== undefined) lines.push({ sign: '+', path: shown, text: came });
    change(parent, name, op, came);
  }
  return lines;
}

function read(text: string | undefined): string {
  return text === undefined ? '' : String(JSON.parse(text));
}

function find(parent: Node, name: string): Node | undefined {
  if (typeof parent === 'string') return undefined;
  return Array.isArray(parent) ? parent[Number(name)] : parent.get(name);
}

/** Steps into a member or an element, and opens it when it was text. */
function child(parent: Node, name: string): Node {
  const found = find(parent, name) ?? 'null';
  if (typeof found !== 'string') return found;
  const opened: Node = found.startsWith('{') ? members(found) : found.startsWith('[') ? elements(found) : found;
  change(parent, name, 'replace', opened);
  return opened;
}

function change(parent: Node, name: string, op: string, came: Node | undefined): void {
  if (typeof parent === 'string') return;
  if (parent instanceof Map) {
    if (came === undefined) parent.delete(name);
    else parent.set(name, came);
    return;
  }
  if (came === undefined) parent.splice(Number(name), 1);
  else parent.splice(Number(name), op === 'add' ? 0 : 1, came);
}

function write(node: Node): string {
  if (typeof node === 'string') return node;
  if (Array.isArray(node)) return `[${node.map(write).join(',')}]`;
  return `{${[...node].map(([name, value]) => `${JSON.stringify(name)}:${write(value)}`).join(',')}}`;
}
