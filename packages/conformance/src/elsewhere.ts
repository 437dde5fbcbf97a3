import type { ErrorCode } from '@koru-delta/protocol';

/** Why no vector reaches a failure, and the file or folder of the tests that do. */
export interface Elsewhere {
  readonly reason: string;
  readonly proof?: string;
}

const opening = (proof: string): Elsewhere => ({ reason: 'Found when a folder is opened, which no call does.', proof });
const disk: Elsewhere = { reason: 'Needs a disk that fails.', proof: 'packages/engine/tests' };
const wire = (proof: string): Elsewhere => ({
  reason: 'Needs a wire that breaks, or a server that is not there.',
  proof,
});
const refusals: Elsewhere = {
  reason: 'Of requests that no client of ours makes, or of a server with other settings.',
  proof: 'packages/conformance/test/refusals.slow.test.ts',
};

/** The failures that the vectors do not reach. */
export const elsewhere: Partial<Record<ErrorCode, Elsewhere>> = {
  pruned: { reason: 'Everything is kept so far; the code is there for the day when a past can be let go of.' },
  internal: { reason: 'A mistake of ours that nobody knows yet.' },
  batch_too_large: { reason: 'Takes a gigabyte, or sixteen million versions.', proof: 'packages/engine/src/batch.rs' },
  database_locked: opening('packages/koru-delta/test/lifecycle.test.ts'),
  database_not_found: opening('packages/koru-delta/test/lifecycle.test.ts'),
  not_a_database: opening('packages/koru-delta/test/lifecycle.test.ts'),
  newer_format: opening('packages/engine/tests/hostile/folders.rs'),
  seal_key_required: opening('packages/koru-delta/test/lifecycle.test.ts'),
  wrong_seal_key: opening('packages/koru-delta/test/lifecycle.test.ts'),
  not_sealed: opening('packages/koru-delta/test/lifecycle.test.ts'),
  invalid_seal_key: opening('packages/koru-delta/test/lifecycle.test.ts'),
  permission_denied: opening('packages/engine/tests/hostile/folders.rs'),
  read_only: opening('packages/koru-delta/test/lifecycle.test.ts'),
  corrupt: disk,
  disk_full: disk,
  io_error: disk,
  poisoned: disk,
  cancelled: {
    reason: 'Each language has its own way to stop a call.',
    proof: 'packages/koru-delta/test/write-queue.test.ts',
  },
  number_not_exact: {
    reason: 'Each language rounds other numbers, or none.',
    proof: 'packages/koru-delta/test/json.test.ts',
  },
  forbidden: { reason: 'Needs a server with API keys.', proof: 'packages/engine/tests/grants.rs' },
  unauthorized: { reason: 'Needs a server with API keys.', proof: 'bindings/go/fault_test.go' },
  rate_limited: refusals,
  unavailable: wire('bindings/python/tests/test_retry.py'),
  method_not_allowed: refusals,
  unsupported_media_type: refusals,
  bad_request: refusals,
  request_too_large: { reason: 'Takes a line of more than 32 MiB.', proof: 'bindings/go/value_test.go' },
  unreachable: wire('bindings/python/tests/test_retry.py'),
  connection_lost: wire('bindings/python/tests/test_bad_days.py'),
  timeout: wire('bindings/python/tests/test_contract.py'),
  bridge_not_found: wire('bindings/python/tests/test_bad_days.py'),
  unsupported_protocol: { reason: 'Needs two versions of the protocol.', proof: 'packages/server/test/bridge.test.ts' },
};
