import type { ErrorRecord } from 'koru-delta/inside';

/** A failure of the engine as its text, in which the numbers of a value stand as they are kept. */
export class Refusal extends Error {
  /** The error record. */
  readonly text: string;
  readonly record: ErrorRecord;

  constructor(text: string) {
    const record = JSON.parse(text) as ErrorRecord;
    super(record.detail);
    this.text = text;
    this.record = record;
  }
}
