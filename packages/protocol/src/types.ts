import Type, { type TSchema } from 'typebox';
import { limits } from './limits.js';

/*
 * Every type that has a name on the wire. They refer to each other by `Type.Ref`, so the names survive into every
 * language. A type of parameters is named after its operation and closed: a member that nobody knows is refused. A type
 * of results is open: a client ignores members that it does not know, so that a newer server can tell more.
 */

const closed = { additionalProperties: false };

function params(description: string, properties: Record<string, TSchema>) {
  return Type.Object(properties, { ...closed, description });
}

function result(description: string, properties: Record<string, TSchema>) {
  return Type.Object(properties, { description });
}

function orNull(name: string, description: string) {
  return Type.Union([Type.Ref(name), Type.Null()], { description });
}

const count = (description: string) => Type.Integer({ minimum: 0, description });
const flag = (description: string, preset: boolean) => Type.Optional(Type.Boolean({ default: preset, description }));
const limit = (preset: number) =>
  Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: limits.pageItems,
      default: preset,
      description: 'At most so many on this page.',
    }),
  );
const some = (name: string, description: string) => Type.Optional(Type.Ref(name, { description }));

const namespace = Type.Ref('Namespace');
const key = Type.Ref('Key');
const at = some('Moment', 'Read what was there at this moment, instead of what is there now.');
const cursor = some('Cursor', 'Where the page before ended.');
const values = flag('False leaves the values out.', true);
const required = flag('Nothing there is an error, which tells why.', false);
const actor = Type.Optional(
  Type.String({ maxLength: limits.annotationBytes, description: 'Who writes; kept with the version.' }),
);
const reason = Type.Optional(
  Type.String({ maxLength: limits.annotationBytes, description: 'Why; kept with the version.' }),
);
const ifVersion = some('IfVersion', "What the key's newest version must be for the write to happen.");

export const types = {
  // Names and moments.
  Namespace: Type.String({
    minLength: 1,
    maxLength: limits.namespaceBytes,
    description:
      "The name of a namespace: 1 to 128 bytes without / and control characters. Names that begin with _ are the system's own.",
  }),
  Key: Type.String({
    minLength: 1,
    maxLength: limits.keyBytes,
    description: 'The name of a document in its namespace: 1 to 1,024 bytes of any characters.',
  }),
  Value: Type.Unknown({
    description: 'Any JSON value up to 16 MiB of text and 128 levels deep. null is a value; it is not "deleted".',
  }),
  VersionId: Type.String({
    pattern: '^[0-7][0-9A-HJKMNP-TV-Z]{25}$',
    description:
      'The name of a version: 26 characters of Crockford base32 that sort in the order of the commits and are unique in the world.',
  }),
  Timestamp: Type.String({
    description: 'A time as RFC 3339 in UTC with microseconds, such as 2026-02-06T14:30:00.000000Z.',
  }),
  Moment: Type.String({
    minLength: 1,
    description:
      'A moment of the past or "now": the id of a version, a time such as 2026-02-06T14:30:00Z, a time ago such as -10m, or seq:123.',
  }),
  Cursor: Type.String({ description: 'A place in a list, a history or the feed. Opaque; it stays good for ever.' }),
  IfVersion: Type.Union([Type.Ref('VersionId'), Type.Null()], {
    description: "The id of the version that must be the key's newest; null: the key must have no value.",
  }),
  Durability: Type.Enum(['sync', 'interval', 'none'], {
    description:
      'What was true when a write was acknowledged: on stable storage, to be synced within the interval, or left to the operating system.',
  }),

  // Versions.
  Version: result('A version of a key.', {
    namespace,
    key,
    version: Type.Ref('VersionId'),
    seq: count("The place in this database's own order of commits, from 1, without gaps."),
    timestamp: Type.Ref('Timestamp', {
      description: 'When it was committed. Rises with every commit, whatever the clock does.',
    }),
    value: some('Value', 'The value; absent of a delete, and where values were not asked for.'),
    deleted: Type.Optional(
      Type.Literal(true, { description: 'Present when this version says that the key was deleted.' }),
    ),
    previous: orNull('VersionId', 'The version of the key before it; null of its first.'),
    actor: Type.Optional(Type.String({ description: 'Who wrote it.' })),
    reason: Type.Optional(Type.String({ description: 'Why it was written.' })),
    origin: some('Origin', 'Where an imported version came from.'),
  }),
  Origin: result('What an imported version was called where it came from.', {
    timestamp: some('Timestamp', 'When it was written there.'),
    version: some('VersionId', 'Its id there.'),
  }),
  Receipt: result('The proof of a batch. Of an empty one the count is 0 and the rest is null.', {
    count: count('How many versions were written.'),
    firstSeq: Type.Union([Type.Integer(), Type.Null()], {
      description: 'The seq of the first version; the others follow without gaps.',
    }),
    lastSeq: Type.Union([Type.Integer(), Type.Null()], { description: 'The seq of the last version.' }),
    first: orNull('VersionId', 'The id of the first version.'),
    last: orNull('VersionId', 'The id of the last version.'),
    timestamp: orNull('Timestamp', 'When the batch was committed: one moment for all of it.'),
    durability: Type.Ref('Durability'),
  }),

  // Writes.
  PutParams: params('What put takes.', { namespace, key, value: Type.Ref('Value'), ifVersion, actor, reason }),
  DeleteParams: params('What delete takes.', { namespace, key, ifVersion, actor, reason }),
  RevertParams: params('What revert takes.', {
    namespace,
    key,
    at: some('Moment', 'The moment whose state comes back; without it, the state before the last change.'),
    ifVersion,
    actor,
    reason,
  }),
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
        Type.Array(Type.Integer({ minimum: 0 }), { description: 'The places that are deletes, ascending, from 0.' }),
      ),
    },
  ),
  BatchParams: params('What batch takes: the writes as ops, as columns, or both, columns first.', {
    ops: Type.Optional(Type.Array(Type.Ref('BatchOp'), { description: 'The writes, in their order.' })),
    columns: some('BatchColumns', 'The same as columns.'),
    expect: Type.Optional(
      Type.Array(Type.Ref('BatchExpectation'), { description: 'What must be there; else nothing is written.' }),
    ),
    actor,
    reason,
  }),

  // Reads.
  GetParams: params('What get takes.', { namespace, key, at, required }),
  HistoryParams: params('What history takes.', { namespace, key, at, limit: limit(100), cursor, values, required }),
  History: result('Versions of a key, newest first, deletes included.', {
    versions: Type.Array(Type.Ref('Version'), { description: 'Newest first.' }),
    cursor: orNull('Cursor', 'For the next page; null on the last.'),
  }),
  ListParams: params('What list takes.', {
    namespace,
    prefix: Type.Optional(Type.String({ description: 'Only keys that begin with this.' })),
    from: Type.Optional(Type.String({ description: 'Only keys from this one on.' })),
    to: Type.Optional(Type.String({ description: 'Only keys before this one.' })),
    reverse: flag('Begin with the last key.', false),
    at,
    limit: limit(100),
    cursor,
    values,
    required,
  }),
  List: result(
    'The keys of a namespace that have a value, in the order of their bytes, each with its newest version.',
    {
      items: Type.Array(Type.Ref('Version'), { description: 'One for each key.' }),
      cursor: orNull('Cursor', 'For the next page; null on the last.'),
    },
  ),
  NamespacesParams: params('What namespaces takes.', {
    at,
    counts: flag('Count the keys, which reads all of them.', false),
  }),
  Namespaces: result('The namespaces that hold at least one key with a value.', {
    namespaces: Type.Array(Type.Ref('NamespaceInfo'), { description: 'In the order of their names.' }),
  }),
  NamespaceInfo: result('A namespace.', {
    name: namespace,
    keys: Type.Optional(count('How many keys have a value, where that was asked for.')),
  }),
  DiffParams: params('What diff takes.', {
    namespace,
    key,
    from: some('Moment', 'The earlier moment; without it, the state before the last change.'),
    to: some('Moment', 'The later moment; without it, now.'),
  }),
  Diff: result('How a key differs between two moments.', {
    namespace,
    key,
    from: orNull('VersionId', 'The version at the earlier moment; null when there was no value.'),
    to: orNull('VersionId', 'The version at the later moment; null when there was no value.'),
    patch: Type.Ref('Patch'),
    before: some('Value', 'The value at the earlier moment, where there was one.'),
    after: some('Value', 'The value at the later moment, where there was one.'),
  }),
  Patch: Type.Array(Type.Ref('PatchOp'), {
    description: 'A JSON Patch (RFC 6902) that makes the later value of the earlier.',
  }),
  PatchOp: result('One step of a patch.', {
    op: Type.Enum(['add', 'remove', 'replace'], { description: 'What is done.' }),
    path: Type.String({ description: 'Where, as a JSON Pointer (RFC 6901).' }),
    value: some('Value', 'What is put there; absent of a removal.'),
  }),
  DiffNamespaceParams: params('What diffNamespace takes.', {
    namespace,
    from: Type.Ref('Moment', { description: 'The earlier moment.' }),
    to: some('Moment', 'The later moment; without it, now.'),
    prefix: Type.Optional(Type.String({ description: 'Only keys that begin with this.' })),
    limit: limit(100),
    cursor,
  }),
  NamespaceDiff: result(
    'How the keys of a namespace differ between two moments; keys that do not differ are left out.',
    {
      changes: Type.Array(Type.Ref('KeyDiff'), { description: 'In the order of the keys.' }),
      cursor: orNull('Cursor', 'For the next page; null on the last.'),
    },
  ),
  KeyDiff: result('How one key of a namespace differs.', {
    key,
    change: Type.Enum(['added', 'changed', 'deleted'], { description: 'What happened to the key.' }),
    from: orNull('VersionId', 'The version at the earlier moment; null when there was no value.'),
    to: orNull('VersionId', 'The version at the later moment; null when there was no value.'),
    patch: Type.Ref('Patch'),
  }),
  ChangesParams: params('What changes takes.', {
    since: some('Cursor', 'Go on behind this place; without it, from the first version.'),
    namespace: some('Namespace', 'Only this namespace.'),
    prefix: Type.Optional(Type.String({ description: 'Only keys that begin with this.' })),
    limit: limit(1_000),
    values,
  }),
  Changes: result('Versions in the order of their commits, deletes included.', {
    changes: Type.Array(Type.Ref('Version'), { description: 'Oldest first.' }),
    cursor: Type.Ref('Cursor', { description: 'Where this page ended; good for ever, also when nothing came.' }),
    more: Type.Boolean({ description: 'Whether there is more already.' }),
  }),

  // The whole database.
  StatsParams: params('What stats takes.', {
    counts: flag('Count namespaces and keys, which reads all of them.', false),
  }),
  Stats: result('What the database is made of.', {
    location: Type.String({ description: 'The folder, or "memory".' }),
    format: count('The version of the file format.'),
    sealed: Type.Boolean({ description: 'Whether everything in its files is encrypted.' }),
    readOnly: Type.Boolean({ description: 'Whether it was opened for reading only.' }),
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
  VerifyParams: params('What verify takes.', {}),
  Verification: result('What a check of every byte found. Damage is told here and is no error.', {
    ok: Type.Boolean({ description: 'Whether everything is sound.' }),
    versions: count('How many versions were read.'),
    files: Type.Array(Type.Ref('FileReport'), { description: 'Every file of the database.' }),
    failures: Type.Array(Type.Ref('ErrorRecord'), {
      description: 'What is wrong across files, such as a version that is missing.',
    }),
    reach: Type.Ref('Reach'),
  }),
  Reach: result('How much of the history can be read.', {
    newest: count('The newest seq that is known of, readable or not.'),
    completeThrough: count('Every version up to this seq can be read.'),
    missing: Type.Array(Type.Ref('SeqRange'), {
      description: 'What cannot be read; no more than the first hundred stretches.',
    }),
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

  // Errors.
  ErrorRecord: result(
    'A failure, the same on every wire. Members beside these are facts, such as currentVersion of a conflict.',
    {
      code: Type.Ref('ErrorCode'),
      title: Type.String({ description: 'A short title for people.' }),
      detail: Type.String({ description: 'What happened and why.' }),
      suggestions: Type.Array(Type.Ref('Suggestion'), { description: 'What was probably meant, nearest first.' }),
      hints: Type.Array(Type.Ref('Hint'), { description: 'What to do next, most useful first.' }),
      retryable: Type.Boolean({ description: 'Whether the same call may succeed later without any change.' }),
      exitCode: Type.Integer({ description: 'The exit code of the kdelta command.' }),
      httpStatus: Type.Integer({ description: 'The HTTP status a server answers with.' }),
      docs: Type.String({ description: 'The page that explains the code.' }),
    },
  ),
  Suggestion: result('Something near to what was asked for.', {
    text: Type.String({ description: 'What was probably meant.' }),
    why: Type.String({ description: 'How it relates to what was asked, such as "different spelling".' }),
  }),
  Hint: result('A next step.', {
    text: Type.String({ description: 'A sentence.' }),
    command: Type.Optional(Type.String({ description: 'The command line that does it.' })),
    code: Type.Optional(Type.String({ description: 'The code that does it, in the language of the client.' })),
  }),
  ErrorCode: Type.String({
    description: 'The kind of failure. The codes are listed in the catalogue; a newer server may know more.',
  }),
} satisfies Record<string, TSchema>;

export type TypeName = keyof typeof types;
