import type { Definition } from '../catalogue.js';
import { withExamples } from '../command.js';
import type { Context } from '../context.js';
import { Failure, failure, recordOf } from '../failure.js';
import { counted, size } from '../size.js';
import type { Style } from '../style.js';
import { table } from '../table.js';
import { visible } from '../visible.js';

/** What the engine found in each file, and across them. */
interface Report {
  ok: boolean;
  versions: number;
  files: { name: string; bytes: number; ok: boolean; error?: { detail: string } }[];
  failures?: { detail: string }[];
}

export const defineVerify: Definition = (command, context) => {
  command.action(() => verify(context).catch(withoutItself));
  withExamples(command, [
    ['kdelta verify', 'read and check every file; the exit code is 5 where one is damaged'],
    ['kdelta verify --db /backup/data --json', 'check a copy, for programs'],
  ]);
};

async function verify(context: Context): Promise<void> {
  const { output } = context;
  await context.reading(async (database) => {
    const result = await database.call('verify', {});
    const report = JSON.parse(result) as Report;
    if (output.json) await output.line(result);
    else await output.lines(draw(report, output.out));
    if (!report.ok) throw damage(report);
  });
}

function draw({ ok, versions, files, failures = [] }: Report, style: Style): string[] {
  const rows = files.map((file) => [
    { text: file.ok ? 'ok' : 'DAMAGED', paint: file.ok ? style.green : style.red },
    { text: size(file.bytes), right: true },
    { text: visible(file.name) + (file.error ? `  ${visible(file.error.detail)}` : '') },
  ]);
  const across = failures.map(({ detail }) => `${style.red('DAMAGED')}  ${visible(detail)}`);
  const end = ok ? [`${counted(versions, 'version')} in ${counted(files.length, 'file')}, no damage`] : [];
  return [...table(rows), ...across, ...end];
}

/** Damage that does not even let the database be opened is said by the engine, which would send the user here. */
function withoutItself(error: unknown): never {
  const record = recordOf(error);
  throw new Failure({ ...record, hints: record.hints.filter(({ command }) => command !== 'kdelta verify') });
}

function damage({ files, failures = [] }: Report): Failure {
  const broken = files.filter(({ ok }) => !ok);
  const detail =
    broken.length === 0
      ? failures.map((found) => found.detail).join(' ')
      : `${counted(broken.length, 'file')} of ${files.length} damaged.`;
  return failure('corrupt', 5, detail, {
    files: broken.map(({ name }) => name),
    hints: [{ text: 'Bring back a copy of the folder, or import an export made earlier' }],
  });
}
