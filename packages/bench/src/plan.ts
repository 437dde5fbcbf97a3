/** How much is measured. */
export interface Plan {
  readonly name: 'tiny' | 'fast' | 'full';
  /** How often each contender has its turn; the median counts. */
  readonly rounds: number;
  /** Rows of a load. */
  readonly rows: number;
  /** A load or a loop of single calls ends after so many milliseconds, finished or not: its rate counts. */
  readonly milliseconds: number;
  /** Callers that wait for a durable put of their own at the same time. */
  readonly callers: number;
  /** Versions in each store in which the past is read, and how many of them each key has. */
  readonly pastVersions: number;
  readonly depths: readonly number[];
  /** The memory budget that is loaded ten times over, and the documents of one large batch. */
  readonly budgetBytes: number;
  readonly oneBatch: number;
  /** Clients that listen to the feed of one server. */
  readonly listeners: number;
  /** How often a command is started. */
  readonly starts: number;
  /** How often a store is closed, or killed, and opened. */
  readonly opens: number;
  /** Sizes at which growth is looked at; the peers take part up to the second number. */
  readonly growth: readonly number[];
  readonly growthOfPeers: number;
}

/** A batch, as nearly every workload writes them. */
export const BATCH = 1_000;

const tiny: Plan = {
  name: 'tiny',
  rounds: 1,
  rows: 2_000,
  milliseconds: 20,
  callers: 20,
  pastVersions: 2_000,
  depths: [10],
  budgetBytes: 4 << 20,
  oneBatch: 20_000,
  listeners: 20,
  starts: 1,
  opens: 1,
  growth: [100, 1_000],
  growthOfPeers: 100,
};

const fast: Plan = {
  name: 'fast',
  rounds: 3,
  rows: 30_000,
  milliseconds: 120,
  callers: 1_000,
  pastVersions: 20_000,
  depths: [1, 10, 100, 1_000],
  budgetBytes: 8 << 20,
  oneBatch: 200_000,
  listeners: 500,
  starts: 7,
  opens: 1,
  growth: [1_000, 10_000, 100_000, 1_000_000],
  growthOfPeers: 0,
};

const full: Plan = {
  name: 'full',
  rounds: 5,
  rows: 1_000_000,
  milliseconds: 5_000,
  callers: 1_000,
  pastVersions: 1_000_000,
  depths: [1, 10, 100, 1_000, 10_000],
  budgetBytes: 64 << 20,
  oneBatch: 1_000_000,
  listeners: 500,
  starts: 25,
  opens: 5,
  growth: [1_000, 10_000, 100_000, 1_000_000, 10_000_000],
  growthOfPeers: 1_000_000,
};

export const plans = { tiny, fast, full } as const;
