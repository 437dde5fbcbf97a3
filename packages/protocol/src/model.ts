import type { TSchema } from 'typebox';
import { types } from './types.js';

/*
 * The types as the emitters read them: JSON Schema says one thing in several ways, and an emitter wants to ask once.
 * A schema that no emitter could write in every language is refused here.
 */

/** What a member, an item or a named type is. */
export type Shape =
  | { readonly is: 'named'; readonly name: string }
  | { readonly is: 'text' | 'integer' | 'boolean' | 'true' | 'any' }
  | { readonly is: 'choice'; readonly of: readonly string[] }
  | { readonly is: 'list'; readonly of: Shape }
  | { readonly is: 'nullable'; readonly of: Shape };

/** A member of an object. */
export interface Field {
  readonly name: string;
  readonly shape: Shape;
  readonly optional: boolean;
  /** What an absent member means. */
  readonly preset: boolean | number | undefined;
  readonly doc: string;
}

/** A named type: an object with fields, or another name for a shape. */
export type Model = { readonly name: string; readonly doc: string } & (
  | { readonly fields: readonly Field[]; readonly closed: boolean; readonly shape?: never }
  | { readonly shape: Shape; readonly fields?: never }
);

/** Every named type, in the order in which they are written down. */
export const models: readonly Model[] = Object.entries(types).map(([name, schema]) => modelOf(name, schema));

/** The named type of a name. */
export function modelNamed(name: string): Model {
  const found = models.find((model) => model.name === name);
  if (!found) throw new Error(`There is no type ${name}.`);
  return found;
}

interface Loose {
  $ref?: string;
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Loose[];
  items?: Loose;
  properties?: Record<string, Loose>;
  required?: string[];
  additionalProperties?: boolean;
  default?: boolean | number;
  description?: string;
}

function modelOf(name: string, schema: TSchema): Model {
  const loose = schema as Loose;
  const doc = loose.description ?? '';
  if (loose.type !== 'object') return { name, doc, shape: shapeOf(loose, name) };
  const required = new Set(loose.required);
  const fields = Object.entries(loose.properties ?? {}).map(([field, inner]) => ({
    name: field,
    shape: shapeOf(inner, `${name}.${field}`),
    optional: !required.has(field),
    preset: inner.default,
    doc: inner.description ?? docOf(inner),
  }));
  return { name, doc, fields, closed: loose.additionalProperties === false };
}

function shapeOf(schema: Loose, place: string): Shape {
  if (schema.$ref !== undefined) return { is: 'named', name: schema.$ref };
  if (schema.const === true) return { is: 'true' };
  if (schema.enum) return { is: 'choice', of: schema.enum.map(String) };
  if (schema.anyOf) {
    const [first, second, ...more] = schema.anyOf;
    if (!first || second?.type !== 'null' || more.length > 0)
      throw new Error(`${place}: a union is of one type and null.`);
    return { is: 'nullable', of: shapeOf(first, place) };
  }
  switch (schema.type) {
    case 'string':
      return { is: 'text' };
    case 'integer':
      return { is: 'integer' };
    case 'boolean':
      return { is: 'boolean' };
    case 'array':
      if (!schema.items) break;
      return { is: 'list', of: shapeOf(schema.items, place) };
    case undefined:
      return { is: 'any' };
  }
  throw new Error(`${place}: the emitters do not know ${JSON.stringify(schema)}.`);
}

/** A reference without words of its own is described by its type. */
function docOf(schema: Loose): string {
  const target = schema.$ref === undefined ? undefined : types[schema.$ref];
  return (target as Loose | undefined)?.description ?? '';
}
