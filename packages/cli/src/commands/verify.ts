import type { Definition } from '../catalogue.js';
import { withExamples } from '../command.js';
import type { Context } from '../context.js';
import { Failure, type FailureRecord, failure, recordOf } from '../failure.js';
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
  reach?: { newest: number; completeThrough: number; firstTimestamp: string | null; lastTimestamp: string | null };
  /** Only where the database does not open. */
  strays?: { name: string; removable: boolean }[];
}

export const defineVerify: Definition = (command, context) => {
  command.action(() => verify(context));
  withExamples(command, [
    ['kdelta verify', 'read and check every file; the exit code is 5 where one is damaged'],
    ['kdelta verify --db /backup/data --json', 'check a copy, for programs'],
  ]);
};

async function verify(context: Context): Promise<void> {
  const { output } = context;
  const { report: text, refusal } = await context.verified();
  const report = JSON.parse(text) as Report;
  if (output.json) await output.line(text);
  else await output.lines(draw(report, output.out));
  if (refusal !== undefined) throw unopened(report, recordOf(refusal));
  if (!report.ok) throw damage(report);
}

function draw(report: Report, style: Style): string[] {
  const { ok, versions, files, failures = [], strays = [] } = report;
  const rows = files.map((file) => [
    { text: file.ok ? 'ok' : 'DAMAGED', paint: file.ok ? style.green : style.red },
    { text: size(file.bytes), right: true },
    { text: visible(file.name) + (file.error ? `  ${visible(file.error.detail)}` : '') },
  ]);
  const told = new Set(files.map((file) => file.error?.detail));
  const across = failures
    .filter(({ detail }) => !told.has(detail))
    .map(({ detail }) => `${style.red('DAMAGED')}  ${visible(detail)}`);
  const apart = strays.map(({ name, removable }) =>
    removable
      ? `unused   ${visible(name)}  a crash left it; the next write removes it`
      : `foreign  ${visible(name)}  it is no part of the database and is left alone`,
  );
  const end = ok ? `${counted(versions, 'version')} in ${counted(files.length, 'file')}, no damage` : readable(report);
  return [...table(rows), ...across, ...apart, ...(end === '' ? [] : [end])];
}

/** How much of the history is left. */
function readable({ versions, reach }: Report): string {
  if (!reach) return '';
  const { newest, completeThrough, firstTimestamp, lastTimestamp } = reach;
  if (versions === 0) return 'No version can be read.';
  const times =
    firstTimestamp === lastTimestamp ? `of ${firstTimestamp}` : `from ${firstTimestamp} to ${lastTimestamp}`;
  const whole =
    completeThrough > 0 && completeThrough < newest ? `; nothing is missing up to seq:${completeThrough}` : '';
  return `${versions} of ${counted(newest, 'version')} can be read, ${times}${whole}`;
}

/** Why the database does not open, and how much of it is damaged. */
function unopened(report: Report, refusal: FailureRecord): Failure {
  const hints = refusal.hints.filter(({ command }) => command !== 'kdelta verify');
  if (report.ok) return new Failure({ ...refusal, hints });
  const { record } = damage(report);
  return new Failure({
    ...refusal,
    detail: `The database does not open: ${refusal.detail} ${record.detail}`,
    files: record.files,
    hints: refusal.code === 'corrupt' ? record.hints : hints,
  });
}

function damage({ files, failures = [] }: Report): Failure {
  const broken = files.filter(({ ok }) => !ok);
  const detail =
    broken.length === 0
      ? failures.map((found) => found.detail).join(' ')
      : `${counted(broken.length, 'file')} of ${files.length} damaged.`;
  const mends =
    broken.length === 1 && broken.every(({ name }) => name.startsWith('manifest-')) && failures.length === 0;
  const next = mends
    ? 'Nothing is lost: the other copy of the manifest is sound, and the next write mends this one'
    : 'Bring back a copy of the folder, or import an export made earlier';
  return failure('corrupt', 5, detail, { files: broken.map(({ name }) => name), hints: [{ text: next }] });
}
