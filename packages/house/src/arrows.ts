import { posix } from 'node:path';
import ts from 'typescript';
import { isScript, type SourceFile } from './tree.js';

/** What each folder may build upon. A new package takes its place here. */
const arrows: Record<string, string[]> = {
  // The demonstration is a user of the package; the scripts around it work before anything is built.
  'scripts/demo': ['packages/koru-delta'],
  scripts: ['scripts/demo'],
  'packages/house': ['scripts'],
  'packages/engine': [],
  'packages/conformance': ['packages/koru-delta', 'packages/protocol'],
  'bindings/node': ['packages/engine'],
  'packages/koru-delta': ['bindings/node'],
  'bindings/go': [],
  'bindings/python': [],
  'packages/bench': ['packages/koru-delta'],
  'packages/protocol': [],
  'packages/server': ['packages/koru-delta'],
  'packages/cli': ['packages/koru-delta', 'packages/server'],
};

/** A package of the workspace and the names of all it depends on, whichever ecosystem the name is of. */
export interface Node {
  folder: string;
  name: string;
  dependencies: string[];
}

/** Manifests that name a package of the workspace which does not lie below their own. */
export function manifestBreaches(nodes: Node[], allowed = arrows): string[] {
  const folders = new Map(nodes.map(({ name, folder }) => [name, folder]));
  return nodes.flatMap(({ folder, dependencies }) => {
    if (!allowed[folder]) return [`${folder} has no place in packages/house/src/arrows.ts`];
    return dependencies
      .map((name) => folders.get(name))
      .filter((target) => target !== undefined && target !== folder && !allowed[folder]?.includes(target))
      .map((target) => `${folder} depends on ${target}`);
  });
}

/** Import statements that leave their package for one which does not lie below it, or reach into another by a path. */
export function importBreaches(files: SourceFile[], nodes: Node[], allowed = arrows): string[] {
  return files.filter(isScript).flatMap((file) => {
    const from = folderOf(file.path, allowed);
    if (!from) return [];
    return ts
      .preProcessFile(file.text, true, true)
      .importedFiles.map(({ fileName }) => ({ fileName, target: target(file.path, fileName, nodes, allowed) }))
      .filter(({ target }) => target !== undefined && target !== from && !allowed[from]?.includes(target))
      .map(({ fileName, target }) => `${file.path} imports ${fileName} of ${target}`);
  });
}

/** The folder an import leads to: one of the table, "outside" for a path that leaves them all, undefined for others' packages. */
function target(path: string, specifier: string, nodes: Node[], allowed: Record<string, string[]>): string | undefined {
  if (specifier.startsWith('.')) {
    return folderOf(posix.join(posix.dirname(path), specifier), allowed) ?? 'outside';
  }
  return nodes.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`))?.folder;
}

function folderOf(path: string, allowed: Record<string, string[]>): string | undefined {
  return Object.keys(allowed).find((folder) => path.startsWith(`${folder}/`));
}
