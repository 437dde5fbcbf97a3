import { TextColumns } from './columns.js';
import { type ErrorRecord, KoruDeltaError } from './errors.js';
import { parseForReport } from './json.js';
import type { VersionInfo } from './version.js';

/** What the engine answers to one write of many. */
export type Outcome = { ok: unknown; error?: never } | { ok?: never; error: ErrorRecord };

/** The result of a write; a refusal is thrown here, so that its stack shows who asked for the write. */
export function resultOf<T>({ ok, error }: Outcome): T {
  if (error) throw new KoruDeltaError(error);
  return ok as T;
}

/** A write that goes with others: a put that asks and tells nothing else, or any operation with its params as JSON. */
export type Call = Put | Operation;

interface Put {
  readonly op: 'put';
  readonly namespace: string;
  readonly key: string;
  /** The value as JSON. */
  readonly text: string;
}

interface Operation {
  readonly op: string;
  readonly params: string;
}

/** Who waits for the answer to a call. */
export interface Passenger {
  readonly call: Call;
  resolve(outcome: Outcome): void;
}

/**
 * Writes that go to the engine in one call. Puts in a row travel as columns, and their answers come back so: a record of
 * its own for each of a thousand puts would cost both sides more than the writing.
 */
export class Flight {
  readonly #seats: Passenger[][] = [];

  /** The text of the call: `[{op, params}]`. */
  readonly text: string;

  constructor(passengers: readonly Passenger[]) {
    const parts: string[] = [];
    let columns = new TextColumns();
    let row: Passenger[] = [];
    const end = () => {
      if (row.length === 0) return;
      parts.push(`{"op":"puts","params":${columns.text()}}`);
      this.#seats.push(row);
      columns = new TextColumns();
      row = [];
    };
    for (const passenger of passengers) {
      const { call } = passenger;
      if ('text' in call) {
        columns.put(call.namespace, call.key, call.text);
        row.push(passenger);
      } else {
        end();
        parts.push(`{"op":"${call.op}","params":${call.params}}`);
        this.#seats.push([passenger]);
      }
    }
    end();
    this.text = `[${parts.join()}]`;
  }

  /** Gives everybody their part of the answer. */
  land(answer: string): void {
    const outcomes = parseForReport<Outcome[]>(answer);
    for (const [index, row] of this.#seats.entries()) {
      // Calls that the engine cannot read at all get one answer together.
      const outcome = (outcomes[index] ?? outcomes[0]) as Outcome;
      if (outcome.ok && row[0] && 'text' in row[0].call) landPuts(row, outcome.ok as PutColumns);
      else for (const passenger of row) passenger.resolve(outcome);
    }
  }
}

/** What the engine answers to puts in columns; where one failed, there is null. */
interface PutColumns {
  versions: string[];
  seqs: number[];
  timestamps: string[];
  previous: (string | null)[];
  errors: [number, ErrorRecord][];
}

function landPuts(row: readonly Passenger[], columns: PutColumns): void {
  const failures = new Map(columns.errors);
  for (const [place, passenger] of row.entries()) {
    const error = failures.get(place);
    passenger.resolve(error ? { error } : { ok: recordAt(columns, place, passenger.call as Put) });
  }
}

function recordAt(columns: PutColumns, place: number, { namespace, key }: Put): VersionInfo {
  return {
    namespace,
    key,
    version: columns.versions[place] as string,
    seq: columns.seqs[place] as number,
    timestamp: columns.timestamps[place] as string,
    previous: columns.previous[place] as string | null,
  };
}
