import { members } from './json-text.js';

/** One version of a key. The value is its exact JSON text. */
export interface VersionRecord {
  namespace: string;
  key: string;
  version: string;
  seq: number;
  timestamp: string;
  value?: string;
  deleted?: true;
  previous: string | null;
  actor?: string;
  reason?: string;
  origin?: { timestamp?: string; version?: string };
}

/** Reads the text of a record and keeps the value as it stands. */
export function readRecord(text: string): VersionRecord {
  const parts: [string, unknown][] = [];
  for (const [name, member] of members(text)) parts.push([name, name === 'value' ? member : JSON.parse(member)]);
  return Object.fromEntries(parts) as unknown as VersionRecord;
}
