import { errors, type Failure } from '../errors.js';
import { header } from '../header.js';
import { limits } from '../limits.js';
import { type Field, type Model, modelNamed, models, type Shape } from '../model.js';
import { operations } from '../operations.js';
import { pascal, snake } from '../words.js';
import { unwrapped } from './python-plan.js';
import { bool, comment, docstring, identifier, quoted, spoken } from './python-text.js';

/** The results, exceptions and constants of the Python client. */
export function python(): string {
  return [
    `${header('#')}"""The results, the exceptions and the constants of the protocol."""\n`,
    'from __future__ import annotations\n',
    'from dataclasses import dataclass, field\nfrom typing import Any, Final, Literal, NamedTuple\n',
    'from ._absent import ABSENT\nfrom ._errors import KoruDeltaError\nfrom ._record import Record, Stamped\n',
    exported(),
    limitClass(),
    table(),
    ...models.filter(isResult).map((model) => `\n${declaration(model)}`),
    ...Object.values(groups).map((group) => `\n${groupClass(group)}`),
    ...Object.entries(errors).map(([code, failure]) => `\n${errorClass(code, failure)}`),
  ]
    .join('\n')
    .replace(/\n+$/, '\n');
}

/** What users import: not the constants. */
function exported(): string {
  const names = [
    ...models.filter(isResult).map(({ name }) => name),
    ...Object.values(groups).map(({ name }) => name),
    ...Object.keys(errors).map(pascal),
  ];
  return `__all__ = [\n${names
    .sort()
    .map((name) => `    ${quoted(name)},\n`)
    .join('')}]\n\n`;
}

function limitClass(): string {
  const rows = Object.entries(limits).map(([name, value]) => `    ${snake(name)}: Final = ${grouped(value)}\n`);
  return `class Limits:\n${docstring('    ', ['What is refused for its size, in bytes of UTF-8 unless the name says something else.'])}\n${rows.join('')}`;
}

/** A number with its digits in groups of three. */
function grouped(value: number): string {
  return value.toLocaleString('en').replaceAll(',', '_');
}

function table(): string {
  const rows = operations.map(
    ({ name, kind, http }) => `    ${quoted(name)}: Operation(${quoted(kind)}, ${quoted(http.path)}),\n`,
  );
  return [
    `\nclass Operation(NamedTuple):\n${docstring('    ', ['What a client must know of an operation before it calls it.'])}`,
    '    kind: Literal["read", "write", "stream"]\n    path: str\n\n',
    `#: Every operation by its name on the wire.\nOPERATIONS: Final[dict[str, Operation]] = {\n${rows.join('')}}\n`,
  ].join('\n');
}

/** Whether a type is a result that people see; pages come to them as iterators. */
function isResult(model: Model): boolean {
  if (!model.fields) return model.shape.is === 'choice';
  return !model.closed && !unwrapped.has(model.name);
}

function declaration(model: Model): string {
  if (!model.fields) {
    const choices = model.shape.is === 'choice' ? model.shape.of.map(quoted).join(', ') : '';
    return `${comment('', model.doc)}${model.name} = Literal[${choices}]\n`;
  }
  const base = model.name === 'Version' ? 'Stamped' : 'Record';
  const fields = [...model.fields].sort((a, b) => Number(a.optional) - Number(b.optional));
  const members = fields.map((member) => `${comment('    ', docOf(member))}    ${memberOf(member)}\n`).join('');
  const extra = `${comment('    ', 'What a newer server tells beside it.')}    extra: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)\n`;
  const parts = fields.map((member) => `            ${identifier(member.name)}=${taken(member)},\n`).join('');
  return [
    '@dataclass(frozen=True, slots=True, kw_only=True, repr=False)\n',
    `class ${model.name}(${base}):\n${docstring('    ', [spoken(model.doc)])}\n${members}${extra}\n`,
    `    @classmethod\n    def _of(cls, wire: dict[str, Any]) -> ${model.name}:\n`,
    '        rest = dict(wire)\n        take = rest.pop\n',
    `        return cls(\n${parts}            extra=rest,\n        )\n`,
  ].join('');
}

function docOf({ doc, shape, optional }: Field): string {
  return optional && isValue(shape) ? spoken(doc).replace('; absent of', '; ABSENT of') : spoken(doc);
}

function memberOf({ name, shape, optional }: Field): string {
  const type = typeText(shape);
  if (!optional) return `${identifier(name)}: ${type}`;
  if (isValue(shape)) return `${identifier(name)}: Any = ABSENT`;
  return shape.is === 'true' ? `${identifier(name)}: bool = False` : `${identifier(name)}: ${type} | None = None`;
}

/** How a member is taken out of the wire's object. */
function taken({ name, shape, optional }: Field): string {
  const absent = isValue(shape) ? 'ABSENT' : shape.is === 'true' ? 'False' : 'None';
  const plain = `take(${quoted(name)}${optional ? `, ${absent}` : ''})`;
  const made = madeOf(shape);
  if (made === undefined) return plain;
  if (!optional) return made(plain);
  return `None if (found := ${plain}) is None else ${made('found')}`;
}

/** How a record is made of what stands for it on the wire; undefined for what stands for itself. */
function madeOf(shape: Shape): ((text: string) => string) | undefined {
  if (shape.is === 'list') {
    const inner = madeOf(shape.of);
    return inner && ((text) => `[${inner('each')} for each in ${text}]`);
  }
  if (shape.is !== 'named') return undefined;
  const target = modelNamed(shape.name);
  return target.fields ? (text) => `${target.name}._of(${text})` : madeOf(target.shape);
}

function isValue(shape: Shape): boolean {
  return shape.is === 'named' && shape.name === 'Value';
}

function typeText(shape: Shape): string {
  switch (shape.is) {
    case 'named': {
      const target = modelNamed(shape.name);
      return target.fields || target.shape.is === 'choice' ? target.name : typeText(target.shape);
    }
    case 'text':
      return 'str';
    case 'integer':
      return 'int';
    case 'boolean':
    case 'true':
      return 'bool';
    case 'any':
      return 'Any';
    case 'choice':
      return `Literal[${shape.of.map(quoted).join(', ')}]`;
    case 'list':
      return `list[${typeText(shape.of)}]`;
    case 'nullable':
      return `${typeText(shape.of)} | None`;
  }
}

interface Group {
  readonly name: string;
  readonly doc: string;
  /** A class of Python that means the same. */
  readonly also?: string;
}

/** The kinds of failure that a program treats alike, by the exit code that they share. */
const groups: Record<number, Group> = {
  2: { name: 'InvalidCall', doc: 'The call cannot be carried out as it is.', also: 'ValueError' },
  3: { name: 'NotFound', doc: 'What was asked for is not there, or not at that moment.', also: 'LookupError' },
  4: { name: 'Refused', doc: 'The state of the database forbids it.' },
  5: { name: 'Unreadable', doc: 'Files or lines are damaged, or not ours.' },
  6: { name: 'NotAvailable', doc: 'Nobody answers, or not now.' },
  7: { name: 'KeyRefused', doc: 'A key is missing or the wrong one: the API key of a server, or the key of a seal.' },
  8: { name: 'NotAllowed', doc: 'It is forbidden.' },
  9: { name: 'StorageFailed', doc: 'The disk failed.' },
};

function groupClass({ name, doc, also }: Group): string {
  return `class ${name}(KoruDeltaError${also ? `, ${also}` : ''}):\n${docstring('    ', [doc])}`;
}

function errorClass(code: string, { meaning, remedy, title, retryable, http, exit }: Failure): string {
  const members = [
    `code = ${quoted(code)}`,
    `title = ${quoted(title)}`,
    `retryable = ${bool(retryable)}`,
    `exit_code = ${exit}`,
    `http_status = ${http}`,
  ];
  const base = groups[exit]?.name ?? 'KoruDeltaError';
  return `class ${pascal(code)}(${base}):\n${docstring('    ', [`${meaning} ${remedy}`])}\n${members.map((each) => `    ${each}\n`).join('')}`;
}
