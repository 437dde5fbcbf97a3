import { type Bar, barPlot } from './bar-plot.js';
import { escaped } from './escaped.js';
import { type Line, linePlot } from './line-plot.js';
import { header, headOf, type Report, targetTable, workloadTable } from './report.js';
import type { Workload } from './workload.js';

const style = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1f24; --faint: #d0d7de; --own: #0a6e4f; --other: #7d8590;
  --c0: #0a6e4f; --c1: #a3450b; --c2: #1f5fbf; --c3: #8a2f8f; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171b; --ink: #e6e9ec; --faint: #3b424a; --own: #4cc79a;
  --other: #8b949e; --c0: #4cc79a; --c1: #f0a067; --c2: #7fb0ff; --c3: #dd92e2; } }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
pre { overflow-x: auto; font-size: 0.8rem; line-height: 1.35; padding: 0.75rem; border: 1px solid var(--faint); }
pre:focus-visible { outline: 2px solid var(--own); }
section { margin-top: 2.5rem; }
h2 { margin-bottom: 0.25rem; }
svg { width: 100%; height: auto; }
svg text { fill: var(--ink); font: 12px system-ui, sans-serif; dominant-baseline: middle; }
.own { fill: var(--own); } .other { fill: var(--other); }
.grid { stroke: var(--faint); stroke-width: 1; }
polyline { fill: none; stroke-width: 2; }
.line0 { stroke: var(--c0); } .line1 { stroke: var(--c1); } .line2 { stroke: var(--c2); } .line3 { stroke: var(--c3); }
.line1 polyline { stroke-dasharray: 7 3; } .line2 polyline { stroke-dasharray: 2 3; }
.line3 polyline { stroke-dasharray: 9 3 2 3; }
g circle { fill: var(--paper); stroke-width: 2; } g text { stroke: none; }
`;

/** The whole report as one page that needs nothing from anywhere. */
export function page(report: Report): string {
  const plain = report.workloads.filter(({ name }) => !name.startsWith('growth-'));
  const sections = [
    section('What is to be reached', '', '', targetTable(report.targets)),
    ...growthSections(report),
    ...plain.map((workload) =>
      section(workload.title, workload.how, bars(report, workload), withoutTitle(workloadTable(report, workload))),
    ),
    section('What was measured, and on what', '', '', header(report)),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>KoruDelta: benchmarks</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>KoruDelta: benchmarks</h1>
<p>Everything was measured in one run, in turns; medians. Read the ratios: the figures belong to this machine.</p>
${sections.join('\n')}
</main>
</body>
</html>
`;
}

function section(title: string, how: string, plot: string, text: string): string {
  const table = `<pre tabindex="0" role="region" aria-label="${escaped(title)}: figures">${escaped(text)}</pre>`;
  return `<section>\n<h2>${escaped(title)}</h2>\n${how && `<p>${escaped(how)}</p>\n`}${plot}\n${table}\n</section>`;
}

/** The page has the title and the sentence already. */
function withoutTitle(text: string): string {
  return text.split('\n').slice(3).join('\n');
}

function bars({ results, versions }: Report, { name, title, metrics }: Workload): string {
  const [metric] = metrics;
  if (!metric) return '';
  const found: Bar[] = [...versions.keys()].flatMap(({ id, label }) => {
    const value = results.figure(name, metric.name, id);
    return value === undefined ? [] : [{ label, value, own: id.startsWith('koru') || id.startsWith('engine') }];
  });
  if (found.length < 2) return '';
  return `<p>${escaped(metric.title)}; ${metric.better} is better:</p>\n${barPlot(`${title}: ${metric.title}`, found)}`;
}

/** One plot for each metric of growth, and one table for each size. */
function growthSections(report: Report): string[] {
  const sizes = report.workloads.filter(({ name }) => name.startsWith('growth-'));
  const [smallest] = sizes;
  if (!smallest || sizes.length < 2) return [];
  const plots = smallest.metrics.map((metric) => {
    const lines: Line[] = [...report.versions.keys()]
      .map(({ id, label }) => ({
        label,
        points: sizes.flatMap(({ name }) => {
          const value = report.results.figure(name, metric.name, id);
          return value === undefined ? [] : [{ size: Number(name.slice('growth-'.length)), value }];
        }),
      }))
      .filter(({ points }) => points.length > 0);
    const title = `How ${headOf(metric)} grows with the versions; ${metric.better} is better`;
    return `<h3>${escaped(title)}</h3>\n${linePlot(title, lines)}`;
  });
  const tables = sizes.map((workload) => `${workload.title}\n\n${withoutTitle(workloadTable(report, workload))}`);
  return [section('Growth', smallest.how, plots.join('\n'), tables.join('\n\n'))];
}
