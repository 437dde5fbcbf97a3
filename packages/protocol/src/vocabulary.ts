import Type, { type TSchema } from 'typebox';
import { limits } from './limits.js';
import { count, key, listOf, namespace, orNull, result, some } from './schema.js';

/** The types that operations share. What one operation alone takes or answers stands beside it, in `operations/`. */
export const vocabulary = {
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
  IdempotencyKey: Type.String({
    minLength: 1,
    maxLength: limits.idempotencyKeyBytes,
    pattern: '^[!-~]+$',
    description:
      'A name for one write: 1 to 64 printable ASCII characters, unique to it. It is kept with the write, and known again until 100,000 more versions are written, also after a crash.',
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
    rejected: Type.Optional(count('How many lines were left out; of a load.')),
    rejects: Type.Optional(listOf('RejectedLine', 'The lines that were left out; of a load with skipBad.')),
  }),
  RejectedLine: result('A line that was left out.', {
    line: count('Its number, from 1.'),
    reason: Type.String({ description: 'Why, as a sentence.' }),
    text: Type.String({ description: 'Its beginning.' }),
    error: Type.Ref('ErrorRecord'),
  }),

  // Errors.
  ErrorRecord: result(
    'A failure, the same on every wire. Members beside these are facts, such as currentVersion of a conflict.',
    {
      code: Type.Ref('ErrorCode'),
      title: Type.String({ description: 'A short title for people.' }),
      detail: Type.String({ description: 'What happened and why.' }),
      suggestions: listOf('Suggestion', 'What was probably meant, nearest first.'),
      hints: listOf('Hint', 'What to do next, most useful first.'),
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
