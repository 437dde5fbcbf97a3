import { dirname } from 'node:path';
import type { ErrorRecord, Hint, KoruDeltaError, Suggestion } from 'koru-delta';
import type { ExitCode } from './exit-codes.js';

export type { Hint, Suggestion };

/** The record of a failure, whichever layer it comes from. The engine's carry more members, its facts. */
export type FailureRecord = Pick<ErrorRecord, 'detail' | 'suggestions' | 'hints' | 'exitCode'> & {
  code: string;
  [fact: string]: unknown;
};

/** A failure with its record. */
export class Failure extends Error {
  constructor(readonly record: FailureRecord) {
    super(record.detail);
  }
}

/** A failure that this command line found itself. */
export function failure(code: string, exitCode: ExitCode, detail: string, more: Partial<FailureRecord> = {}): Failure {
  return new Failure({ code, detail, suggestions: [], hints: [], exitCode, ...more });
}

/** A command line that cannot be used. */
export function usage(detail: string, more: Partial<FailureRecord> = {}): Failure {
  return failure('usage', 2, detail, more);
}

/** The operating system's refusal to read or write a file that the user named. */
export function fileFailure(error: NodeJS.ErrnoException, doing: 'read' | 'write', name: string): Failure {
  const [code, exitCode, why] = fileTroubles[error.code ?? ''] ?? ['io_error', 9, error.message];
  const reason = doing === 'write' && error.code === 'ENOENT' ? `there is no folder ${dirname(name)}` : why;
  return failure(code, exitCode, `Cannot ${doing} ${name}: ${reason}.`, { file: name });
}

const fileTroubles: Record<string, [code: string, exitCode: ExitCode, why: string]> = {
  ENOENT: ['file_not_found', 3, 'there is no such file or folder'],
  ENOTDIR: ['file_not_found', 3, 'a part of the path is a file, not a folder'],
  EISDIR: ['usage', 2, 'it is a folder'],
  EACCES: ['permission_denied', 8, 'permission denied'],
  EPERM: ['permission_denied', 8, 'permission denied'],
  EROFS: ['permission_denied', 8, 'the file system is read-only'],
  ENOSPC: ['disk_full', 9, 'the disk is full'],
  EDQUOT: ['disk_full', 9, 'the quota is used up'],
};

/** The record of whatever was thrown. */
export function recordOf(error: unknown): FailureRecord {
  if (error instanceof Failure) return error.record;
  if (isKoruDeltaError(error)) return error.toJSON();
  const detail = error instanceof Error ? error.message : String(error);
  return failure('unexpected', 1, detail, {
    stack: error instanceof Error ? error.stack : undefined,
    hints: [{ text: 'If this looks like a defect of kdelta, report it with what --json prints' }],
  }).record;
}

/** Told by its shape, so that drawing a failure never loads the engine. */
function isKoruDeltaError(error: unknown): error is KoruDeltaError {
  return error instanceof Error && 'exitCode' in error && 'hints' in error && 'facts' in error;
}
