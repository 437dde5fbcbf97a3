import { failure } from 'koru-delta/inside';

/** What the target of a request names. */
export interface Address {
  /** The segments of the path, decoded each for itself: an encoded slash is no border. */
  readonly segments: readonly string[];
  readonly query: ReadonlyMap<string, string>;
}

/** Takes the target of a request apart; fails on what is not percent-encoded UTF-8 and on a parameter that comes twice. */
export function addressOf(target: string): Address {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const segments = path.split('/').slice(1).map(decoded);
  const query = new Map<string, string>();
  if (mark < 0) return { segments, query };
  for (const part of target.slice(mark + 1).split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = field(equals < 0 ? part : part.slice(0, equals));
    if (query.has(name)) throw failure('bad_request', `The parameter '${shown(name)}' stands twice in the address.`);
    query.set(name, equals < 0 ? '' : field(part.slice(equals + 1)));
  }
  return { segments, query };
}

/** Forms write a space as a plus. */
function field(text: string): string {
  return decoded(text.replaceAll('+', ' '));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw failure('bad_request', `The address holds '${shown(text)}', which is not percent-encoded UTF-8.`);
  }
}

function shown(text: string): string {
  return text.slice(0, 64);
}
