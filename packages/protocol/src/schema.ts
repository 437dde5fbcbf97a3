import Type, { type TSchema } from 'typebox';
import { limits } from './limits.js';

/*
 * The parts that types and operations are built of. Types refer to each other by `Type.Ref`, so their names survive into
 * every language. A type of parameters is closed: a member that nobody knows is refused. A type of results is open: a
 * client ignores members that it does not know, so that a newer server can tell more.
 */

/** What an operation, or a part of it, takes. */
export function params(description: string, properties: Record<string, TSchema>) {
  return Type.Object(properties, { additionalProperties: false, description });
}

/** What an operation answers, or a part of it. */
export function result(description: string, properties: Record<string, TSchema>) {
  return Type.Object(properties, { description });
}

export function orNull(name: string, description: string) {
  return Type.Union([Type.Ref(name), Type.Null()], { description });
}

export const count = (description: string) => Type.Integer({ minimum: 0, description });
export const flag = (description: string, preset: boolean) =>
  Type.Optional(Type.Boolean({ default: preset, description }));
export const some = (name: string, description: string) => Type.Optional(Type.Ref(name, { description }));
export const text = (description: string) => Type.Optional(Type.String({ description }));
export const listOf = (name: string, description: string) => Type.Array(Type.Ref(name), { description });
export const limit = (preset: number) =>
  Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: limits.pageItems,
      default: preset,
      description: 'At most so many on this page.',
    }),
  );

export const namespace = Type.Ref('Namespace');
export const key = Type.Ref('Key');
export const at = some('Moment', 'Read what was there at this moment, instead of what is there now.');
export const cursor = some('Cursor', 'Where the page before ended.');
export const nextCursor = orNull('Cursor', 'For the next page; null on the last.');
export const values = flag('False leaves the values out.', true);
export const required = flag('Nothing there is an error, which tells why.', false);
export const prefix = text('Only keys that begin with this.');
export const since = some('Cursor', 'Go on behind this place; without it, from the first version.');
export const ifVersion = some('IfVersion', "What the key's newest version must be for the write to happen.");
export const idempotencyKey = some(
  'IdempotencyKey',
  'Names this write, so that sending it again does not write it twice.',
);
export const actor = Type.Optional(
  Type.String({ maxLength: limits.annotationBytes, description: 'Who writes; kept with the version.' }),
);
export const reason = Type.Optional(
  Type.String({ maxLength: limits.annotationBytes, description: 'Why; kept with the version.' }),
);
