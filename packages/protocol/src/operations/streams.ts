import Type from 'typebox';
import { op } from '../operation.js';
import {
  actor,
  at,
  count,
  flag,
  idempotencyKey,
  orNull,
  prefix,
  reason,
  result,
  since,
  some,
  text,
  values,
} from '../schema.js';

const credit = Type.Optional(
  Type.Integer({ minimum: 0, description: 'Over the standard streams: how many messages the client takes at first.' }),
);

/** What takes or gives many messages. The engine knows these by other means; each carrier has them in its own way. */
export const streams = [
  op({
    name: 'watch',
    summary: 'The versions that are written from now on, or from behind a cursor, as they come.',
    since: 1,
    kind: 'stream',
    takes: { since, namespace: some('Namespace', 'Only this namespace.'), prefix, values, credit },
    result: 'WatchEnd',
    types: {
      WatchEnd: result('The end of a feed.', { cursor: Type.Ref('Cursor', { description: 'Where it ended.' }) }),
    },
    errors: ['invalid_cursor'],
    http: { method: 'GET', path: '/v1/watch', answer: 'events' },
    example: { namespace: 'users' },
  }),
  op({
    name: 'export',
    summary: 'The whole history in lines, as import takes it.',
    since: 1,
    kind: 'stream',
    takes: { at, credit },
    result: 'ExportEnd',
    types: { ExportEnd: result('The end of an export.', { pieces: count('How many messages there were.') }) },
    errors: ['invalid_moment', 'pruned'],
    http: { method: 'GET', path: '/v1/export', answer: 'lines' },
    example: {},
  }),
  op({
    name: 'import',
    summary: 'Adds a history in lines, all of it or nothing.',
    since: 1,
    kind: 'stream',
    scope: 'admin',
    takes: {
      restamp: flag(
        'Give the versions new times, and keep their own as their origin, where they cannot keep them.',
        false,
      ),
    },
    result: 'ImportReport',
    types: {
      ImportReport: result('What an import added.', {
        versions: count('How many versions.'),
        commits: count('In how many commits.'),
        firstTimestamp: orNull('Timestamp', 'The time of the first; null when nothing was added.'),
        lastTimestamp: orNull('Timestamp', 'The time of the last; null when nothing was added.'),
      }),
    },
    errors: ['import_refused', 'export_damaged', 'invalid_line'],
    http: { method: 'POST', path: '/v1/import', body: 'lines' },
    example: { restamp: true },
  }),
  op({
    name: 'load',
    summary: 'Writes lines as one batch, all of it or nothing.',
    since: 1,
    kind: 'stream',
    scope: 'write',
    takes: {
      namespace: some('Namespace', 'The namespace of lines that name none.'),
      keyField: text('Lines are documents, and this member is their key.'),
      skipBad: flag('Leave lines out that cannot be taken, and list them, instead of refusing everything.', false),
      form: Type.Optional(
        Type.Enum(['items', 'batches'], {
          description:
            'items: a line is {"key":"namespace/key","value":…}, with "delete":true for a delete, or a document. batches: a line is what batch takes, and all lines are one batch; so guards and columns can be as many as you like. Default: items.',
        }),
      ),
      actor,
      reason,
      idempotencyKey,
    },
    result: 'Receipt',
    errors: ['invalid_line', 'conflict', 'idempotency_mismatch', 'batch_too_large'],
    http: { method: 'POST', path: '/v1/load', body: 'lines' },
    example: {},
  }),
];
