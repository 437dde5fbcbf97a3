import { type Carrier, feed, operations, Session } from 'koru-delta/inside';
import type { Client } from './client.js';
import { members } from './parts.js';

/** A client over whatever carries calls to an engine: one in this process, or a server. */
export function carried(carrier: Carrier): Client {
  const session = new Session(carrier, false);
  return {
    async call(op, params) {
      session.checkOpen();
      if (op === 'many') return carrier.callMany(Buffer.from(members(params).get('calls') ?? ''));
      const answer = await carrier.call(op, params);
      // Who watches in this process is woken by those who write in it.
      if (kindOf(op) === 'write') session.bell.ring();
      return answer;
    },
    async *watch(params) {
      const changes = feed(session, { ...JSON.parse(params), live: true });
      for await (const { cursor, ...version } of changes) yield JSON.stringify(version);
    },
    async *export(params) {
      const exporter = carrier.exporter(params);
      for (let chunk = await exporter.next(); chunk !== null; chunk = await exporter.next()) yield chunk;
    },
    async import(params, chunks) {
      const importer = carrier.importer(params);
      for (const chunk of chunks) await importer.feed(chunk);
      return importer.finish();
    },
    async load(params, chunks) {
      const loader = carrier.loader(params);
      for (const chunk of chunks) await loader.feed(chunk);
      // A server tells the rejects with the receipt; in this process they are asked for, and before it.
      const rejects = loader.rejects();
      const receipt = await loader.commit();
      return rejects === '[]' ? receipt : `${receipt.slice(0, -1)},"rejects":${rejects}}`;
    },
    close: () => session.close(),
  };
}

function kindOf(op: string): string | undefined {
  return Object.hasOwn(operations, op) ? operations[op as keyof typeof operations].kind : undefined;
}
