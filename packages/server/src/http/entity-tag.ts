import { failure } from 'koru-delta/inside';

/** The entity tag of a version. */
export function entityTag(version: string): string {
  return `"${version}"`;
}

/** Whether an `If-None-Match` names the version: one tag or many, weak ones included, or any. */
export function names(header: string, version: string): boolean {
  return (
    header.trim() === '*' || header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === entityTag(version))
  );
}

/**
 * What the headers of a write demand of the newest version: the id that `If-Match` names, null for `If-None-Match: *`, and
 * undefined when they demand nothing.
 */
export function guardOf(ifMatch: string | undefined, ifNoneMatch: string | undefined): string | null | undefined {
  if (ifMatch !== undefined && ifNoneMatch !== undefined)
    throw failure('bad_request', 'If-Match and If-None-Match cannot both hold. Send one of them.');
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch.trim() === '*') return null;
    throw failure('bad_request', 'A write takes If-None-Match: * alone, which means that the key must have no value.');
  }
  if (ifMatch === undefined) return undefined;
  const [, version] = /^\s*"([0-9A-Z]{26})"\s*$/.exec(ifMatch) ?? [];
  if (version === undefined)
    throw failure(
      'bad_request',
      'If-Match is one ETag as the server sent it: the id of a version between double quotes.',
    );
  return version;
}
