import { header } from '../header.js';
import { type Field, type Model, models, type Shape } from '../model.js';
import { operations } from '../operations.js';
import { snake } from '../words.js';

/**
 * What the engine's door takes. Texts and values are borrowed from the text of the call; a member that is not known is
 * refused, and an `ifVersion` that is absent is told from one that is null.
 */
export function rustParams(): string {
  const streams = new Set(operations.filter(({ kind }) => kind === 'stream').map(({ params }) => params));
  const structs = models.filter((model) => model.fields && model.closed && !streams.has(model.name)).map(struct);
  const names = operations
    .filter(({ kind }) => kind !== 'stream')
    .map(({ name }) => JSON.stringify(name))
    .join(', ');
  const writes = operations
    .filter(({ kind }) => kind === 'write')
    .map(({ name }) => JSON.stringify(name))
    .join(', ');
  const list = `/// The names of all operations.\npub const OPERATIONS: &[&str] = &[${names}];\n/// Those that change something.\npub(super) const WRITES: &[&str] = &[${writes}];\n`;
  return `${header('//')}\n//! What each operation takes.\n\nuse serde::Deserialize;\nuse serde_json::value::RawValue;\n\nuse super::reading::{Guard, Named, Text, guard, present, preset, yes};\n\n${list}\n${structs.join('\n')}`;
}

function struct(model: Model): string {
  const fields = model.fields ?? [];
  const life = fields.some(({ shape }) => borrows(shape)) ? "<'a>" : '';
  const lines = fields.map(
    (field) => `    ${attribute(field)}pub(super) ${snake(field.name)}: ${memberType(field)},\n`,
  );
  const body = lines.length === 0 ? ' {}' : ` {\n${lines.join('')}}`;
  return `/// ${model.doc}\n#[derive(Deserialize)]\n#[serde(deny_unknown_fields, rename_all = "camelCase")]\npub(super) struct ${model.name}${life}${body}\n`;
}

function attribute({ shape, optional, preset }: Field): string {
  const parts: string[] = [];
  if (preset === true) parts.push('default = "yes"');
  else if (typeof preset === 'number') parts.push(`default = "preset::<${preset}>"`);
  else if (preset === false || isGuard(shape) || (optional && isValue(shape)) || (optional && shape.is === 'list'))
    parts.push('default');
  if (borrows(shape)) parts.push('borrow');
  if (isGuard(shape) && optional) parts.push('deserialize_with = "guard"');
  if (isValue(shape) && optional) parts.push('deserialize_with = "present"');
  return parts.length === 0 ? '' : `#[serde(${parts.join(', ')})]\n    `;
}

function memberType({ shape, optional, preset }: Field): string {
  if (isGuard(shape)) return optional ? "Guard<'a>" : "Option<Text<'a>>";
  const type = typeText(shape);
  return optional && preset === undefined ? `Option<${type}>` : type;
}

function typeText(shape: Shape): string {
  switch (shape.is) {
    case 'named': {
      if (isValue(shape)) return "&'a RawValue";
      const target = models.find(({ name }) => name === shape.name);
      return target?.fields ? `Named<${shape.name}<'a>>` : "Text<'a>";
    }
    case 'text':
      return "Text<'a>";
    case 'integer':
      return 'usize';
    case 'boolean':
      return 'bool';
    case 'list':
      return `Vec<${typeText(shape.of)}>`;
    default:
      throw new Error(`The door takes no ${shape.is}.`);
  }
}

function borrows(shape: Shape): boolean {
  return shape.is === 'list' ? borrows(shape.of) : shape.is === 'named' || shape.is === 'text';
}

function isGuard(shape: Shape): boolean {
  return shape.is === 'named' && shape.name === 'IfVersion';
}

function isValue(shape: Shape): boolean {
  return shape.is === 'named' && shape.name === 'Value';
}
