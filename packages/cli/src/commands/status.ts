import type { Stats } from 'koru-delta';
import type { Definition } from '../catalogue.js';
import { withExamples } from '../command.js';
import { count, counted, size } from '../size.js';
import { table } from '../table.js';
import { visible } from '../visible.js';

export const defineStatus: Definition = (command, context) => {
  command.action(async () => {
    const { output } = context;
    await context.reading(async (database) => {
      const result = await database.call('stats', { counts: true });
      if (output.json) return output.line(result);
      const rows = facts(JSON.parse(result)).map(([name, value]) => [
        { text: name, paint: output.out.dim },
        { text: visible(value) },
      ]);
      await output.lines(table(rows));
    });
  });
  withExamples(command, [
    ['kdelta status', 'size, counts and place'],
    ['kdelta status --json', 'every figure, for programs'],
  ]);
};

function facts(stats: Stats): [string, string][] {
  const { bytes, files } = stats;
  return [
    ['place', stats.location ?? 'memory'],
    ['namespaces', count(stats.namespaces ?? 0)],
    ['keys', count(stats.keys ?? 0)],
    ['versions', count(stats.versions)],
    ['first write', stats.firstTimestamp ?? 'none'],
    ['last write', stats.lastTimestamp ?? 'none'],
    ['last version', stats.lastVersion ? `${stats.lastVersion}, seq:${stats.lastSeq}` : 'none'],
    [
      'size',
      `${size(bytes.total)} (log ${size(bytes.log)}, segments ${size(bytes.segments)}, large values ${size(bytes.values)})`,
    ],
    [
      'files',
      `${counted(files.logs, 'log')}, ${counted(files.segments, 'segment')}, ${counted(files.values, 'file')} of large values`,
    ],
    ['sealed', stats.sealed ? 'yes' : 'no'],
    ['durability', stats.durability],
    ['format', String(stats.format)],
    ...recovery(stats),
  ];
}

/** A writer that died leaves a torn end behind; what was cut there was never acknowledged. */
function recovery({ recovery }: Stats): [string, string][] {
  if (!recovery || recovery.droppedBytes === 0) return [];
  return [['recovery', `${size(recovery.droppedBytes)} of an unfinished write left out`]];
}
