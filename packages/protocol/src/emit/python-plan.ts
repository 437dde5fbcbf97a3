import { type Field, modelNamed, type Shape } from '../model.js';
import type { Operation } from '../operation.js';
import { operations } from '../operations.js';

/* What becomes of each operation in Python: which methods the table gives, and in what form their results come. */

/** What a method answers with: a record, pages of records, or the list that is all there is in the result. */
export type Form =
  | { readonly is: 'record'; readonly record: string }
  | { readonly is: 'pages' | 'list'; readonly record: string; readonly member: string };

/** Operations that have methods of their own in the template of the client, beside those of the table. */
const own = new Set(['batch', 'changes', 'watch', 'export', 'import', 'load']);

/** The operations whose methods come from the table. */
export const methods: readonly Operation[] = operations.filter(({ name }) => !own.has(name));

/** The name of a method, before it is spelled as in Python. */
export function methodName({ name }: Operation): string {
  return name === 'get' ? 'getVersion' : name;
}

/** Whether an operation reads at a moment, so that a view of the past has it. */
export function isOfView(operation: Operation): boolean {
  return operation.kind === 'read' && momentOf(operation) !== undefined;
}

/** The param for which a view has its moment. */
export function momentOf({ params }: Operation): Field | undefined {
  const moments = (modelNamed(params).fields ?? []).filter(({ shape }) => isNamed(shape, 'Moment'));
  return moments.find(({ name }) => name === 'at') ?? moments.find(({ name }) => name === 'to');
}

export function formOf({ result }: Operation): Form {
  const fields = modelNamed(result).fields ?? [];
  const cursor = fields.find(({ name }) => name === 'cursor');
  const rest = fields.filter((field) => field !== cursor);
  const [list, ...more] = rest.map((field) => ({ member: field.name, record: recordOf(field.shape) }));
  if (list?.record === undefined || more.length > 0) return { is: 'record', record: result };
  return { is: cursor ? 'pages' : 'list', member: list.member, record: list.record };
}

/** The name of the records of a list. */
function recordOf(shape: Shape): string | undefined {
  return shape.is === 'list' && shape.of.is === 'named' ? shape.of.name : undefined;
}

export function isNamed(shape: Shape, name: string): boolean {
  return shape.is === 'named' && shape.name === name;
}

/** Results that nobody sees, since their parts come as iterators and lists. */
export const unwrapped: ReadonlySet<string> = new Set(
  operations
    .filter((operation) => formOf(operation).is !== 'record' || ['changes', 'watch', 'export'].includes(operation.name))
    .map(({ result }) => result),
);
