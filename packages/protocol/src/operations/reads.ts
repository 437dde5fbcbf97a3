import Type from 'typebox';
import { op } from '../operation.js';
import {
  at,
  count,
  cursor,
  flag,
  key,
  limit,
  listOf,
  namespace,
  nextCursor,
  orNull,
  prefix,
  required,
  result,
  some,
  text,
  values,
} from '../schema.js';

const path = '/v1/db/{namespace}/{key}';

/** What reads keys and namespaces. */
export const reads = [
  op({
    name: 'get',
    summary: 'The newest version of a key with its value, now or at a moment; null when it has none.',
    since: 1,
    kind: 'read',
    takes: { namespace, key, at, required },
    result: 'Version',
    nullable: true,
    errors: ['key_not_found', 'key_deleted', 'not_yet_written', 'pruned', 'invalid_moment'],
    http: { method: 'GET', path, answer: 'value' },
    example: { namespace: 'users', key: 'alice' },
  }),
  op({
    name: 'history',
    summary: 'The versions of a key, newest first, deletes included.',
    since: 1,
    kind: 'read',
    takes: { namespace, key, at, limit: limit(100), cursor, values, required },
    result: 'History',
    types: {
      History: result('Versions of a key, newest first, deletes included.', {
        versions: listOf('Version', 'Newest first.'),
        cursor: nextCursor,
      }),
    },
    errors: ['key_not_found', 'invalid_moment', 'invalid_cursor', 'pruned'],
    http: { method: 'GET', path: `${path}/history` },
    example: { namespace: 'users', key: 'alice', limit: 10 },
  }),
  op({
    name: 'list',
    summary: 'The keys of a namespace that have a value, in the order of their bytes, each with its newest version.',
    since: 1,
    kind: 'read',
    takes: {
      namespace,
      prefix,
      from: text('Only keys from this one on.'),
      to: text('Only keys before this one.'),
      reverse: flag('Begin with the last key.', false),
      at,
      limit: limit(100),
      cursor,
      values,
      required,
    },
    result: 'List',
    types: {
      List: result(
        'The keys of a namespace that have a value, in the order of their bytes, each with its newest version.',
        { items: listOf('Version', 'One for each key.'), cursor: nextCursor },
      ),
    },
    errors: ['key_not_found', 'invalid_namespace', 'invalid_moment', 'invalid_cursor', 'pruned'],
    http: { method: 'GET', path: '/v1/db/{namespace}' },
    example: { namespace: 'users', prefix: 'a' },
  }),
  op({
    name: 'namespaces',
    summary: 'The namespaces that hold at least one key with a value.',
    since: 1,
    kind: 'read',
    takes: { at, counts: flag('Count the keys, which reads all of them.', false) },
    result: 'Namespaces',
    types: {
      Namespaces: result('The namespaces that hold at least one key with a value.', {
        namespaces: listOf('NamespaceInfo', 'In the order of their names.'),
      }),
      NamespaceInfo: result('A namespace.', {
        name: namespace,
        keys: Type.Optional(count('How many keys have a value, where that was asked for.')),
      }),
    },
    errors: ['invalid_moment', 'pruned'],
    http: { method: 'GET', path: '/v1/db' },
    example: { counts: true },
  }),
  op({
    name: 'diff',
    summary: 'How a key differs between two moments, as a JSON Patch (RFC 6902): by default, what the last change did.',
    since: 1,
    kind: 'read',
    takes: {
      namespace,
      key,
      from: some('Moment', 'The earlier moment; without it, the state before the last change.'),
      to: some('Moment', 'The later moment; without it, now.'),
    },
    result: 'Diff',
    types: {
      Diff: result('How a key differs between two moments.', {
        namespace,
        key,
        from: orNull('VersionId', 'The version at the earlier moment; null when there was no value.'),
        to: orNull('VersionId', 'The version at the later moment; null when there was no value.'),
        patch: Type.Ref('Patch'),
        before: some('Value', 'The value at the earlier moment, where there was one.'),
        after: some('Value', 'The value at the later moment, where there was one.'),
      }),
      Patch: listOf('PatchOp', 'A JSON Patch (RFC 6902) that makes the later value of the earlier.'),
      PatchOp: result('One step of a patch.', {
        op: Type.Enum(['add', 'remove', 'replace'], { description: 'What is done.' }),
        path: Type.String({ description: 'Where, as a JSON Pointer (RFC 6901).' }),
        value: some('Value', 'What is put there; absent of a removal.'),
      }),
    },
    errors: ['key_not_found', 'invalid_moment', 'pruned'],
    http: { method: 'GET', path: `${path}/diff` },
    example: { namespace: 'users', key: 'alice' },
  }),
  op({
    name: 'diffNamespace',
    summary: 'How the keys of a namespace differ between two moments.',
    since: 1,
    kind: 'read',
    takes: {
      namespace,
      from: Type.Ref('Moment', { description: 'The earlier moment.' }),
      to: some('Moment', 'The later moment; without it, now.'),
      prefix,
      limit: limit(100),
      cursor,
    },
    result: 'NamespaceDiff',
    types: {
      NamespaceDiff: result(
        'How the keys of a namespace differ between two moments; keys that do not differ are left out.',
        { changes: listOf('KeyDiff', 'In the order of the keys.'), cursor: nextCursor },
      ),
      KeyDiff: result('How one key of a namespace differs.', {
        key,
        change: Type.Enum(['added', 'changed', 'deleted'], { description: 'What happened to the key.' }),
        from: orNull('VersionId', 'The version at the earlier moment; null when there was no value.'),
        to: orNull('VersionId', 'The version at the later moment; null when there was no value.'),
        patch: Type.Ref('Patch'),
      }),
    },
    errors: ['invalid_namespace', 'invalid_moment', 'invalid_cursor', 'pruned'],
    // Not below /v1/db: there it would be the name of a key.
    http: { method: 'GET', path: '/v1/diff/{namespace}' },
    example: { namespace: 'users', from: 'seq:0' },
  }),
];
