import Type from 'typebox';
import { op } from '../operation.js';
import { actor, flag, idempotencyKey, ifVersion, key, listOf, namespace, params, reason, some } from '../schema.js';

const path = '/v1/db/{namespace}/{key}';

/** What writes versions. */
export const writes = [
  op({
    name: 'put',
    summary: "Writes a value as the key's newest version.",
    since: 1,
    kind: 'write',
    takes: { namespace, key, value: Type.Ref('Value'), ifVersion, actor, reason, idempotencyKey },
    result: 'Version',
    errors: ['conflict', 'idempotency_mismatch', 'invalid_namespace', 'invalid_key', 'invalid_json', 'value_too_large'],
    http: { method: 'PUT', path, body: 'value' },
    example: { namespace: 'users', key: 'alice', value: { name: 'Alice', age: 30 } },
  }),
  op({
    name: 'batch',
    summary: 'Writes many versions together or not at all, with one sync of the disk.',
    since: 1,
    kind: 'write',
    takes: {
      ops: Type.Optional(listOf('BatchOp', 'The writes, in their order.')),
      columns: some('BatchColumns', 'The same as columns; they come before ops.'),
      expect: Type.Optional(listOf('BatchExpectation', 'What must be there; else nothing is written.')),
      actor,
      reason,
      idempotencyKey,
    },
    result: 'Receipt',
    types: {
      BatchOp: params('One write of a batch: a value, or a delete.', {
        namespace,
        key,
        value: some('Value', 'The value to write.'),
        delete: flag('Delete the key. In a batch that is a version also when there is none.', false),
        ifVersion,
      }),
      BatchExpectation: params('What a key must be for the batch to be written, whether the batch writes it or not.', {
        namespace,
        key,
        version: Type.Ref('IfVersion'),
      }),
      BatchColumns: params(
        'Many writes as columns of one length, which are shorter to write and to read than as many objects.',
        {
          namespaces: Type.Array(namespace, { description: 'The namespace of each write.' }),
          keys: Type.Array(key, { description: 'The key of each write.' }),
          values: Type.Array(Type.Ref('Value'), { description: 'At the place of a delete, anything.' }),
          deletes: Type.Optional(
            Type.Array(Type.Integer({ minimum: 0 }), {
              description: 'The places that are deletes, ascending, from 0.',
            }),
          ),
        },
      ),
    },
    errors: [
      'conflict',
      'idempotency_mismatch',
      'invalid_namespace',
      'invalid_key',
      'invalid_json',
      'value_too_large',
      'batch_too_large',
    ],
    http: { method: 'POST', path: '/v1/batch', body: 'params' },
    example: {
      ops: [
        { namespace: 'users', key: 'bob', value: { name: 'Bob' } },
        { namespace: 'users', key: 'carol', value: { name: 'Carol' } },
      ],
    },
  }),
  op({
    name: 'delete',
    summary: 'Writes a version that says the key has no value from here on. Its history stays.',
    since: 1,
    kind: 'write',
    takes: { namespace, key, ifVersion, actor, reason, idempotencyKey },
    result: 'Version',
    errors: ['key_not_found', 'key_deleted', 'conflict', 'idempotency_mismatch'],
    http: { method: 'DELETE', path },
    example: { namespace: 'users', key: 'alice', reason: 'asked for it' },
  }),
  op({
    name: 'revert',
    summary: 'Writes what the key had at a moment, by default before its last change, as a new version.',
    since: 1,
    kind: 'write',
    takes: {
      namespace,
      key,
      at: some('Moment', 'The moment whose state comes back; without it, the state before the last change.'),
      ifVersion,
      actor,
      reason,
      idempotencyKey,
    },
    result: 'Version',
    errors: ['key_not_found', 'nothing_to_revert', 'conflict', 'idempotency_mismatch', 'invalid_moment', 'pruned'],
    http: { method: 'POST', path: `${path}/revert` },
    example: { namespace: 'users', key: 'alice' },
  }),
];
