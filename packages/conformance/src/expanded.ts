import { Names } from './names.js';

/** The JSON text of a value of a vector, with what stands for something else in its place. */
export function expanded(value: unknown, names: Names): string {
  if (Names.isReference(value)) return names.get(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const text = shorthand(value as Shorthand);
  if (text !== undefined) return text;
  if (Array.isArray(value)) return `[${value.map((item) => expanded(item, names)).join(',')}]`;
  const pairs = Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}:${expanded(inner, names)}`);
  return `{${pairs.join(',')}}`;
}

interface Shorthand {
  $json?: string;
  $repeat?: string;
  times?: number;
  $nest?: number;
}

/** What an object stands for that says a long or an exact text in a short way; undefined of any other. */
export function shorthand({ $json, $repeat, times = 0, $nest }: Shorthand): string | undefined {
  if ($json !== undefined) return $json;
  if ($repeat !== undefined) return JSON.stringify($repeat.repeat(times));
  if ($nest !== undefined) return '['.repeat($nest) + ']'.repeat($nest);
  return undefined;
}
