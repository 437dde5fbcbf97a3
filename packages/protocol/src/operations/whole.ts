import Type from 'typebox';
import { limits } from '../limits.js';
import { op } from '../operation.js';
import { count, flag, limit, listOf, orNull, prefix, result, since, some, values } from '../schema.js';

/** What looks at the whole database. */
export const whole = [
  op({
    name: 'changes',
    summary: 'The feed of all versions in the order of their commits, from the first or from behind a cursor.',
    since: 1,
    kind: 'read',
    takes: {
      since,
      namespace: some('Namespace', 'Only this namespace.'),
      prefix,
      limit: limit(1_000),
      values,
      waitMs: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: limits.waitMs,
          description: 'Where there is nothing yet, wait so long for it, in milliseconds; without it, not at all.',
        }),
      ),
    },
    result: 'Changes',
    types: {
      Changes: result('Versions in the order of their commits, deletes included.', {
        changes: listOf('Version', 'Oldest first.'),
        cursor: Type.Ref('Cursor', { description: 'Where this page ended; good for ever, also when nothing came.' }),
        more: Type.Boolean({ description: 'Whether there is more already.' }),
      }),
    },
    errors: ['invalid_cursor'],
    http: { method: 'GET', path: '/v1/changes' },
    example: { limit: 100 },
  }),
  op({
    name: 'sync',
    summary: 'Makes durable what was acknowledged under a weaker durability than sync.',
    since: 1,
    kind: 'write',
    takes: {},
    result: 'Synced',
    types: {
      Synced: result('How far everything is on stable storage.', {
        throughSeq: count('Up to this seq; 0 for nothing.'),
      }),
    },
    errors: ['read_only', 'poisoned'],
    http: { method: 'POST', path: '/v1/sync' },
    example: {},
  }),
  op({
    name: 'stats',
    summary: 'What the database is made of.',
    since: 1,
    kind: 'read',
    takes: { counts: flag('Count namespaces and keys, which reads all of them.', false) },
    result: 'Stats',
    types: {
      Stats: result('What the database is made of.', {
        location: Type.String({ description: 'The folder, or "memory".' }),
        format: count('The version of the file format.'),
        sealed: Type.Boolean({ description: 'Whether everything in its files is encrypted.' }),
        readOnly: Type.Boolean({ description: 'Whether it was opened for reading only.' }),
        writable: Type.Boolean({
          description: 'Whether it takes writes: not when opened for reading only, nor after a sync that failed.',
        }),
        durability: Type.Ref('Durability'),
        versions: count('How many versions there are.'),
        lastSeq: count('The seq of the newest version; 0 when there is none.'),
        lastVersion: orNull('VersionId', 'The newest version.'),
        firstTimestamp: orNull('Timestamp', 'When the first version was committed.'),
        lastTimestamp: orNull('Timestamp', 'When the newest version was committed.'),
        namespaces: Type.Optional(count('How many namespaces hold a key with a value, where that was asked for.')),
        keys: Type.Optional(count('How many keys have a value, where that was asked for.')),
        bytes: Type.Ref('StatsBytes'),
        files: Type.Ref('StatsFiles'),
        memory: Type.Ref('StatsMemory'),
        recovery: Type.Ref('StatsRecovery'),
        clockDriftUs: count('How far the stamps are ahead of the wall clock, in microseconds.'),
      }),
      StatsBytes: result('Bytes on disk.', {
        total: count('All files.'),
        log: count('Logs.'),
        segments: count('Sorted segments.'),
        values: count('Large values.'),
        manifest: count('The manifest.'),
      }),
      StatsFiles: result('How many files.', {
        logs: count('Logs.'),
        segments: count('Sorted segments.'),
        values: count('Files of large values.'),
      }),
      StatsMemory: result('Bytes in memory.', {
        budget: count('What may be used.'),
        memtable: count('Newest versions.'),
        cache: count('Blocks read.'),
        segments: count('What open segments hold.'),
      }),
      StatsRecovery: result('What the last open found.', {
        replayedVersions: count('Versions taken from the log.'),
        droppedBytes: count('Bytes of a torn tail that never counted.'),
        repairedManifest: count('1 when a slot of the manifest was repaired.'),
      }),
    },
    errors: [],
    http: { method: 'GET', path: '/v1/stats' },
    example: { counts: true },
  }),
  op({
    name: 'verify',
    summary: 'Reads and checks every byte of every file.',
    since: 1,
    kind: 'read',
    scope: 'admin',
    takes: {},
    result: 'Verification',
    types: {
      Verification: result('What a check of every byte found. Damage is told here and is no error.', {
        ok: Type.Boolean({ description: 'Whether everything is sound.' }),
        versions: count('How many versions were read.'),
        files: listOf('FileReport', 'Every file of the database.'),
        failures: listOf('ErrorRecord', 'What is wrong across files, such as a version that is missing.'),
        reach: Type.Ref('Reach'),
      }),
      Reach: result('How much of the history can be read.', {
        newest: count('The newest seq that is known of, readable or not.'),
        completeThrough: count('Every version up to this seq can be read.'),
        missing: listOf('SeqRange', 'What cannot be read; no more than the first hundred stretches.'),
        firstTimestamp: orNull('Timestamp', 'When the oldest version that can be read was committed.'),
        lastTimestamp: orNull('Timestamp', 'When the newest version that can be read was committed.'),
      }),
      SeqRange: result('A stretch of seqs.', {
        firstSeq: count('The first of them.'),
        lastSeq: count('The last of them.'),
      }),
      FileReport: result('What was found of one file.', {
        name: Type.String({ description: 'Its name in the folder.' }),
        bytes: count('Its length.'),
        ok: Type.Boolean({ description: 'Whether it is sound.' }),
        error: some('ErrorRecord', 'What is wrong with it.'),
      }),
    },
    errors: [],
    http: { method: 'GET', path: '/v1/verify' },
    example: {},
  }),
];
