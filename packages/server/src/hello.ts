import { failure, operations } from 'koru-delta/inside';
import { LINE_BYTES_MAX } from './lines.js';
import { PROTOCOL, SERVER } from './version.js';

/** The answer to `hello`: the highest protocol that both sides speak. `methods` are those of the carrier beside the operations. */
export function hello({ protocols }: Record<string, unknown>, methods: readonly string[]): string {
  if (!Array.isArray(protocols) || !protocols.includes(PROTOCOL)) {
    throw failure('unsupported_protocol', `The server speaks protocol ${PROTOCOL}.`, {
      facts: { protocols: [PROTOCOL] },
    });
  }
  return JSON.stringify({
    protocol: PROTOCOL,
    server: SERVER,
    operations: [...Object.keys(operations), 'many', ...methods],
    limits: { lineBytes: LINE_BYTES_MAX },
  });
}
