import { types } from '../types.js';

/** All types as one JSON Schema (2020-12). */
export function jsonSchema(): string {
  const document = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'https://korudelta.io/schema/protocol.json',
    title: 'The types of KoruDelta',
    $defs: withReferences(types, '#/$defs/'),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** A copy in which every reference points below `base`. */
export function withReferences(schema: unknown, base: string): unknown {
  return JSON.parse(JSON.stringify(schema), (name, value: unknown) =>
    name === '$ref' && typeof value === 'string' ? `${base}${value}` : value,
  );
}
