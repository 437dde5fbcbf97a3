import { named } from '../clients.js';
import { modelNamed } from '../model.js';
import type { Operation } from '../operation.js';
import { pascal, snake } from '../words.js';

/* The example of an operation as it is written in each client. A test runs all of them, one after the other. */

/** A piece of code, and the language that Markdown calls it. */
export interface Snippet {
  readonly language: 'ts' | 'python' | 'go' | 'sh';
  readonly code: string;
}

/** The example in every client. */
export function snippets(operation: Operation): Snippet[] {
  return [
    { language: 'ts', code: typescript(operation) },
    { language: 'python', code: python(operation) },
    { language: 'go', code: go(operation) },
    { language: 'sh', code: curl(operation) },
  ];
}

/** The files that examples with lines read. */
const files: Readonly<Record<string, string>> = { import: 'history.jsonl', load: 'users.jsonl' };

/** What stands in its place, and what is named. */
interface Arguments {
  readonly placed: readonly unknown[];
  readonly options: readonly (readonly [string, unknown])[];
}

function argumentsOf({ name, params, example }: Operation, alsoPlaced: readonly string[] = []): Arguments {
  const fields = modelNamed(params).fields ?? [];
  const isPlaced = (field: string) =>
    ['namespace', 'key', 'value', ...alsoPlaced].includes(field) &&
    !fields.find((each) => each.name === field)?.optional;
  const given = Object.entries(example).filter(([field]) => !(name === 'changes' && field === 'limit'));
  if (name === 'batch') return { placed: [example.ops], options: [] };
  return {
    placed: given.filter(([field]) => isPlaced(field)).map(([, value]) => value),
    options: given.filter(([field]) => !isPlaced(field)),
  };
}

function nameIn(language: 'typescript' | 'python' | 'go', { name }: Operation): string {
  return named[name]?.[language] ?? name;
}

function typescript(operation: Operation): string {
  const { placed, options } = argumentsOf(operation);
  const object = options.length > 0 ? [javascript(Object.fromEntries(options))] : [];
  const call = `db.${nameIn('typescript', operation)}(${[...placed.map(javascript), ...object].join(', ')})`;
  switch (operation.name) {
    case 'history':
    case 'list':
    case 'diffNamespace':
      return `await ${call}.toArray();`;
    case 'changes':
      return `for await (const change of ${call}) console.log(change.key, change.seq);`;
    case 'watch':
      return `for await (const change of ${call}) {\n  console.log(change.key, change.value);\n  break; // or go on as long as you like\n}`;
    case 'export':
      return `for await (const piece of ${call}) process.stdout.write(piece);`;
    case 'import':
    case 'load':
      return `await db.${nameIn('typescript', operation)}(${[`createReadStream('${files[operation.name]}')`, ...object].join(', ')});`;
    default:
      return `await ${call};`;
  }
}

function javascript(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) {
    const items = value.map((item) => `  ${javascript(item)},\n`);
    return `[\n${items.join('')}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([name, inner]) => `${name}: ${javascript(inner)}`)
    .join(', ')} }`;
}

function python(operation: Operation): string {
  const { placed, options } = argumentsOf(operation, ['from']);
  const chosen = options.map(([name, value]) => `${snake(name)}=${pythonValue(value)}`);
  const method = nameIn('python', operation);
  const call = `db.${method}(${[...placed.map(pythonValue), ...chosen].join(', ')})`;
  switch (operation.name) {
    case 'history':
    case 'list':
    case 'diffNamespace':
      return `${call}.all()`;
    case 'changes':
      return `for change in ${call}:\n    print(change.key, change.seq)`;
    case 'watch':
      return `for change in ${call}:\n    print(change.key, change.value)\n    break  # or go on as long as you like`;
    case 'export':
      return `for piece in ${call}:\n    sys.stdout.buffer.write(piece)`;
    case 'import':
      return `db.${method}(${[`Path("${files.import}")`, ...chosen].join(', ')})`;
    case 'load':
      return `db.${method}(${[`lines=Path("${files.load}")`, ...chosen].join(', ')})`;
    default:
      return call;
  }
}

function pythonValue(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[\n${value.map((item) => `    ${pythonValue(item)},\n`).join('')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, inner]) => `${JSON.stringify(name)}: ${pythonValue(inner)}`)
    .join(', ')}}`;
}

function go(operation: Operation): string {
  const { placed, options } = argumentsOf(operation, ['from']);
  const chosen = options.map(([name, value]) => goOption(name, value));
  const values = operation.name === 'batch' ? [goItems(placed[0] as Record<string, unknown>[])] : placed.map(goValue);
  const method = nameIn('go', operation);
  const call = `db.${method}(${['ctx', ...values, ...chosen].join(', ')})`;
  const each = (line: string) => `for found, err := range ${call} {\n\tif err != nil {\n\t\treturn err\n\t}\n${line}}`;
  switch (operation.name) {
    case 'history':
    case 'list':
      return each('\tfmt.Println(found.Key, found.Seq, found.Value)\n');
    case 'changes':
      return each('\tfmt.Println(found.Key, found.Seq)\n');
    case 'diffNamespace':
      return each('\tfmt.Println(found.Key, found.Change)\n');
    case 'watch':
      return each('\tfmt.Println(found.Key, found.Value)\n\tbreak // or go on as long as you like\n');
    case 'export':
      return 'err := db.Export(ctx, os.Stdout)';
    case 'import':
    case 'load':
      return `lines, err := os.Open("${files[operation.name]}")\nif err != nil {\n\treturn err\n}\ndefer lines.Close()\nfound, err := db.${method}(${['ctx', 'lines', ...chosen].join(', ')})`;
    default:
      return `found, err := ${call}`;
  }
}

function goOption(name: string, value: unknown): string {
  // In a feed a namespace is one choice among others.
  if (name === 'namespace') return `koru.In(${goValue(value)})`;
  return value === true ? `koru.${pascal(name)}()` : `koru.${pascal(name)}(${goValue(value)})`;
}

function goItems(items: readonly Record<string, unknown>[]): string {
  const rows = items.map(
    ({ namespace, key, value }) =>
      `\t{Namespace: ${goValue(namespace)}, Key: ${goValue(key)}, Value: ${goValue(value)}},\n`,
  );
  return `[]koru.Item{\n${rows.join('')}}`;
}

function goValue(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `map[string]any{${Object.entries(value)
    .map(([name, inner]) => `${JSON.stringify(name)}: ${goValue(inner)}`)
    .join(', ')}}`;
}

/** The address that examples speak to. */
const server = 'http://127.0.0.1:7878';

function curl({ name, http, example }: Operation): string {
  const path = http.path.replaceAll(/\{(\w+)\}/g, (_, param: string) => encodeURIComponent(String(example[param])));
  const inPath = (param: string) => http.path.includes(`{${param}}`);
  const query = Object.entries(example)
    .filter(([param]) => !inPath(param) && param !== 'value' && http.body !== 'params')
    .map(([param, value]) => `${param}=${encodeURIComponent(String(value))}`);
  const url = `'${server}${path}${query.length > 0 ? `?${query.join('&')}` : ''}'`;
  // As long as the client likes, so it is not to be held back.
  const held = http.answer === 'events' ? ['-N'] : [];
  const method = http.method === 'GET' ? [] : [`-X ${http.method}`];
  return ['curl -sS', ...held, ...method, url, ...curlBody(name, http.body, example)].join(' ');
}

function curlBody(name: string, body: Operation['http']['body'], example: Record<string, unknown>): string[] {
  switch (body) {
    case 'value':
      return [`-H 'Content-Type: application/json'`, `-d '${JSON.stringify(example.value)}'`];
    case 'params':
      return [`-H 'Content-Type: application/json'`, `-d '${JSON.stringify(example)}'`];
    case 'lines':
      return [`-H 'Content-Type: application/x-ndjson'`, `--data-binary @${files[name]}`];
    default:
      return [];
  }
}
