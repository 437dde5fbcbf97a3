import { failure } from 'koru-delta/inside';
import type { Address } from './address.js';

/** An operation as the table describes it to a carrier. */
export interface Operation {
  readonly kind: 'read' | 'write' | 'stream';
  readonly scope: 'read' | 'write' | 'admin';
  /** How each param is written in an address. */
  readonly params: Readonly<Record<string, Kind>>;
  readonly http: Route;
}

/** Where an operation is found, and what its request and its response carry. */
interface Route {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: 'value' | 'params' | 'lines';
  readonly answer?: 'value' | 'lines' | 'events';
}

type Kind = 'text' | 'integer' | 'boolean' | 'json';

/** The params that an address names. One that the operation does not have goes along: the engine refuses it and knows better. */
export function paramsOf({ params, http }: Operation, { segments, query }: Address): Record<string, unknown> {
  const found: Record<string, unknown> = Object.create(null);
  http.path
    .split('/')
    .slice(1)
    .forEach((segment, index) => {
      if (segment.startsWith('{')) found[segment.slice(1, -1)] = segments[index] ?? '';
    });
  for (const [name, text] of query) {
    if (name in found) throw failure('bad_request', `'${name}' stands in the path and in the query.`);
    found[name] = read(name, text, Object.hasOwn(params, name) ? params[name] : undefined);
  }
  return found;
}

function read(name: string, text: string, kind: Kind | undefined): unknown {
  switch (kind) {
    case 'integer':
      if (!/^\d{1,15}$/.test(text)) throw unfit(name, 'a whole number');
      return Number(text);
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw unfit(name, 'true or false');
      return text === 'true';
    case 'json':
      throw failure('invalid_params', `'${name}' is no parameter of the address: the body or a header carries it.`);
    default:
      return text;
  }
}

function unfit(name: string, wanted: string) {
  return failure('invalid_params', `The parameter '${name}' is ${wanted}.`);
}
