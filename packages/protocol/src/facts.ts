import type { ErrorCode } from './errors.js';

/** What an error record carries beside what every record has: what each fact says, and one that was seen. */
export interface Facts {
  /** The detail of the example. */
  readonly detail: string;
  readonly facts: Readonly<Record<string, { readonly says: string; readonly example: unknown }>>;
}

const line = (example: number) => ({ says: 'The number of the line, from 1.', example });
const version = '01KGSNR6J1FM00001HQA04167V';
const outcome = {
  outcome: {
    says: 'What became of a write: `not_done` when nothing was written, `unknown` when it may have been.',
    example: 'unknown',
  },
};

/** The facts of the errors that have some. */
export const facts: Partial<Record<ErrorCode, Facts>> = {
  key_deleted: {
    detail: "Key 'users/alice' was deleted at 2026-02-06T14:30:00.000000Z by bob.",
    facts: {
      deletedAt: { says: 'When it was deleted.', example: '2026-02-06T14:30:00.000000Z' },
      deletedVersion: { says: 'The version that says so.', example: version },
      deletedBy: { says: 'Who deleted it, where that was said.', example: 'bob' },
    },
  },
  not_yet_written: {
    detail: "Key 'users/alice' did not exist yet: it was first written at 2026-02-06T14:30:00.000000Z.",
    facts: { firstTimestamp: { says: 'When its history begins.', example: '2026-02-06T14:30:00.000000Z' } },
  },
  conflict: {
    detail: `The write expected 'users/alice' not to exist, but it is at version ${version}.`,
    facts: {
      namespace: { says: 'The namespace of the key that was not as expected.', example: 'users' },
      key: { says: 'That key.', example: 'alice' },
      currentVersion: { says: 'Its newest version; absent when it was never written.', example: version },
      currentValue: { says: 'Its value; absent when it has none.', example: { name: 'Alice' } },
    },
  },
  invalid_json: {
    detail: 'The value is not acceptable JSON at line 1, column 8: duplicate member "a".',
    facts: { byte: { says: 'Where in the text, in bytes from 0.', example: 7 } },
  },
  invalid_line: {
    detail: "Line 2 cannot be taken: the key 'na' names no namespace: write NAMESPACE/KEY. Nothing was written.",
    facts: {
      line: line(2),
      reason: { says: 'The code of what is wrong with it; of a load.', example: 'invalid_key' },
    },
  },
  import_refused: {
    detail:
      'Line 1 cannot be imported: it is from 2026-01-01T00:00:00.000000Z, and the database already goes to 2026-02-06T14:30:00.000000Z; history is written in the order of time. Nothing was written.',
    facts: { line: line(1) },
  },
  export_damaged: {
    detail: 'The export ends after line 3 without its last line: it was cut. Nothing was written.',
    facts: { line: line(3) },
  },
  database_locked: {
    detail: 'Another process holds ./data for writing.',
    facts: { pid: { says: 'The number of that process, where it is known.', example: 4711 } },
  },
  corrupt: {
    detail: 'segment-000007 is damaged at byte 8192: its checksum is wrong.',
    facts: {
      file: { says: 'The file.', example: 'segment-000007' },
      offset: { says: 'The place in it, in bytes from 0.', example: 8192 },
    },
  },
  io_error: {
    detail: 'Cannot read segment-000007: Input/output error (os error 5).',
    facts: { file: { says: 'The file, where it was one.', example: 'segment-000007' } },
  },
  cancelled: { detail: 'The call was cancelled.', facts: outcome },
  connection_lost: { detail: 'The connection broke before the answer came.', facts: outcome },
  timeout: { detail: 'There was no answer within 30 seconds.', facts: outcome },
  number_not_exact: {
    detail: 'JavaScript cannot carry the number 9007199254740993 at /id exactly.',
    facts: {
      path: { says: 'Where in the value, as a JSON Pointer (RFC 6901).', example: '/id' },
      number: { says: 'The number as it is written.', example: '9007199254740993' },
    },
  },
  unsupported_protocol: {
    detail: 'The server speaks protocol 1.',
    facts: { protocols: { says: 'What the server speaks.', example: [1] } },
  },
};
