import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/child.mjs';

/** A requirement of Python: a package and the version it is pinned to, if it is. */
export interface Requirement {
  name: string;
  version: string | undefined;
}

/** What the Python client and the tests ask of other people's packages, and what builds its wheel. */
export function readRequirements(): Requirement[] {
  const folder = join(root, 'bindings/python');
  const project = readFileSync(join(folder, 'pyproject.toml'), 'utf8');
  // Lists of quoted requirements: what the build, the client and its extras need.
  const lists = [...project.matchAll(/^(?:requires|dependencies|embedded) = \[([^\]]*)\]/gm)].map(
    ([, list = '']) => list,
  );
  const quoted = lists.flatMap((list) => [...list.matchAll(/"([^"]+)"/g)].map(([, text = '']) => text));
  const files = [join(folder, 'requirements-test.txt'), join(root, 'packages/server/test/requirements.txt')];
  const lines = files.flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  return [...quoted, ...lines.filter((line) => /^\w/.test(line))].map(requirement);
}

function requirement(text: string): Requirement {
  const [, name = text, version] = /^([\w.-]+)(?:\[[^\]]*\])?(?:==([\w.]+))?$/.exec(text.trim()) ?? [];
  return { name, version };
}

/** Requirements that are not pinned to one version. */
export function looseRequirements(requirements: Requirement[]): string[] {
  return requirements.filter(({ version }) => version === undefined).map(({ name }) => name);
}
