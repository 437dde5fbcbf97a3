import { type Field, modelNamed, type Shape } from '../model.js';
import type { Operation } from '../operation.js';
import { pascal, snake } from '../words.js';
import { type Form, formOf, isNamed, methodName, momentOf } from './python-plan.js';
import { bool, call, docstring, identifier, quoted, spoken } from './python-text.js';

/** The words that differ between the client for threads and the one for an event loop. */
export interface Voice {
  readonly prefix: '' | 'Async';
  readonly def: 'def' | 'async def';
  readonly wait: '' | 'await ';
  readonly each: 'for' | 'async for';
}

/** The method of an operation of the table. */
export function method(operation: Operation, voice: Voice): string {
  const form = formOf(operation);
  const fields = argumentsOf(operation, form);
  const required = fields
    .filter(({ optional }) => !optional)
    .map((field) => `${identifier(field.name)}: ${typeText(field)}`);
  const options = fields
    .filter(({ optional }) => optional)
    .map((field) => `${identifier(field.name)}: ${optionText(field)}`);
  const args = ['self', ...required, '*', ...options, 'timeout: float | None = None'];
  const async = form.is !== 'pages';
  const head = `${async ? voice.def : 'def'} ${snake(methodName(operation))}`;
  return [
    call('    ', head, args, ` -> ${answerType(operation, form, voice)}:`),
    docstring('        ', documentation(operation, form, fields, voice)),
    body(operation, form, fields, voice),
  ].join('');
}

/** Pages are turned by themselves. */
function argumentsOf({ params }: Operation, form: Form): Field[] {
  const fields = modelNamed(params).fields ?? [];
  return fields.filter(({ name }) => form.is !== 'pages' || name !== 'cursor');
}

function answerType({ nullable }: Operation, form: Form, voice: Voice): string {
  if (form.is === 'pages') return `${voice.prefix}Pages[${form.record}]`;
  if (form.is === 'list') return `builtins.list[${form.record}]`;
  return nullable ? `${form.record} | None` : form.record;
}

function body(operation: Operation, form: Form, fields: readonly Field[], voice: Voice): string {
  const moment = operation.kind === 'read' ? momentOf(operation)?.name : undefined;
  const pages = form.is === 'pages';
  const members = fields
    .filter(({ name }) => !(pages && name === 'limit'))
    .map((field) => `${quoted(field.name)}: ${sent(field, field.name === moment)}`);
  const params = dictionary(members);
  const name = quoted(operation.name);
  const { record } = form;
  if (pages) {
    return `${params}        return self._pages(${name}, ${quoted(form.member)}, ${record}._of, params, limit, timeout)\n`;
  }
  const made = form.is === 'list' ? `members(${quoted(form.member)}, ${record}._of)` : `${record}._of`;
  const make = operation.nullable ? `maybe(${made})` : made;
  if (form.is === 'list') {
    const lines = `        make = ${make}\n        return ${voice.wait}self._run(perform(self._settings, ${name}, timeout, make, params))\n`;
    return params + lines;
  }
  return `${params}        return ${voice.wait}self._run(perform(self._settings, ${name}, timeout, ${make}, params))\n`;
}

function dictionary(members: readonly string[]): string {
  const short = `        params = {${members.join(', ')}}\n`;
  if (short.length <= 120) return members.length === 0 ? '        params: dict[str, Any] = {}\n' : short;
  return `        params = {\n${members.map((member) => `            ${member},\n`).join('')}        }\n`;
}

/** What of an argument goes on the wire; None is left out there. */
function sent(field: Field, isOfView: boolean): string {
  const name = identifier(field.name);
  if (isOfView) return `self._at(${name})`;
  if (isNamed(field.shape, 'Moment'))
    return field.optional ? `${name} and moment_text(${name})` : `moment_text(${name})`;
  if (isNamed(field.shape, 'IfVersion')) return `guard(${name})`;
  if (isNamed(field.shape, 'Value')) return `Json(${name})`;
  return typeof field.preset === 'boolean' ? `unless(${bool(field.preset)}, ${name})` : name;
}

function optionText(field: Field): string {
  if (isNamed(field.shape, 'IfVersion')) return 'IfVersion = ABSENT';
  if (typeof field.preset === 'boolean') return `bool = ${bool(field.preset)}`;
  return `${typeText(field)} | None = None`;
}

function typeText({ shape }: Field): string {
  return shapeText(shape);
}

function shapeText(shape: Shape): string {
  switch (shape.is) {
    case 'named': {
      if (shape.name === 'Moment' || shape.name === 'IfVersion') return shape.name;
      const target = modelNamed(shape.name);
      return target.fields ? 'dict[str, Any]' : shapeText(target.shape);
    }
    case 'integer':
      return 'int';
    case 'boolean':
      return 'bool';
    case 'list':
      return `list[${shapeText(shape.of)}]`;
    case 'any':
      return 'Any';
    case 'choice':
      return `Literal[${shape.of.map(quoted).join(', ')}]`;
    default:
      return 'str';
  }
}

function documentation(operation: Operation, form: Form, fields: readonly Field[], voice: Voice): string[] {
  const args = fields.map((field) => {
    const doc = form.is === 'pages' && field.name === 'limit' ? 'At most so many in all.' : spoken(field.doc);
    return entry(identifier(field.name), doc);
  });
  const timeout = entry('timeout', 'In seconds; without it, that of the client.');
  const codes = operation.errors.map(pascal).join(', ');
  return [
    spoken(operation.summary),
    example(operation, form, voice),
    `Args:\n${[...args, timeout].join('\n')}`,
    codes === '' ? '' : `Raises:\n${entry(codes, 'what their classes say.')}`,
  ];
}

/** A line of a docstring's section, with what follows hanging. */
function entry(name: string, doc: string): string {
  const lines = [''];
  for (const word of `${name}: ${doc}`.split(' ')) {
    const last = lines.length - 1;
    const longer = lines[last] === '' ? word : `${lines[last]} ${word}`;
    if (longer.length > 100) lines.push(word);
    else lines[last] = longer;
  }
  return lines.map((line, at) => `${at === 0 ? '    ' : '        '}${line}`).join('\n');
}

/** The call of the example, and what it shows at the least. */
function example(operation: Operation, form: Form, voice: Voice): string {
  const given = Object.entries(operation.example);
  const fields = modelNamed(operation.params).fields ?? [];
  const args = given.map(([name, value]) => {
    const field = fields.find((each) => each.name === name);
    const text = literal(value);
    return field?.optional ? `${identifier(field.name)}=${text}` : positional(field, text);
  });
  const made = `db.${snake(methodName(operation))}(${args.join(', ')})`;
  const record = `${form.record}(...)`;
  if (form.is === 'pages') return `>>> ${voice.wait}${made}.all()\n[${record}]`;
  return `>>> ${voice.wait}${made}\n${form.is === 'list' ? `[${record}]` : record}`;
}

function positional(field: Field | undefined, text: string): string {
  return field && isNamed(field.shape, 'Moment') ? `${identifier(field.name)}=${text}` : text;
}

/** A value of JSON as Python writes it. */
function literal(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return bool(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value).map(([name, inner]) => `${quoted(name)}: ${literal(inner)}`);
    return `{${members.join(', ')}}`;
  }
  return JSON.stringify(value);
}
