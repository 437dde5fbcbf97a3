import type { FastifyInstance } from 'fastify';
import { openapi } from '../openapi.js';
import { VERSION } from '../version.js';

/** The page that a person meets who opens the address in a browser; and the description of the routes, for programs. */
export function addLanding(app: FastifyInstance): void {
  app.get('/', async ({ headers: { host = '127.0.0.1:7878' } }, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header(
        'content-security-policy',
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
      )
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'no-referrer')
      .send(page(`http://${host}`)),
  );
  app.get('/openapi.json', async (_, reply) => reply.type('application/json; charset=utf-8').send(await openapi()));
}

function page(url: string): string {
  const shown = url.replace(/[^\w.:/[\]-]/g, '');
  const lines: [does: string, line: string][] = [
    ['Write a document', `curl -X PUT ${shown}/v1/db/users/alice --json '{"name": "Alice"}'`],
    ['Read it, now or at any moment', `curl '${shown}/v1/db/users/alice?at=seq:1'`],
    ['See what happened to it', `curl ${shown}/v1/db/users/alice/history`],
  ];
  const examples = lines.map(([does, line]) => `<h2>${does}</h2>\n<pre><code>${escaped(line)}</code></pre>`).join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>KoruDelta</title>
<style>
  :root { --ink: #1c2330; --soft: #566072; --ground: #fcfcfa; --code: #f0f1ec; --link: #0b5f58; }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #e7e9ee; --soft: #a3adbd; --ground: #14181f; --code: #1f2530; --link: #6fd3c7; }
  }
  body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.6 system-ui, sans-serif; }
  main { max-width: 44rem; margin: 0 auto; padding: 3rem 1.25rem; }
  h1 { margin: 0; font-size: 2rem; line-height: 1.2; }
  h2 { margin: 2rem 0 .5rem; font-size: 1rem; }
  p { margin: .75rem 0; }
  .version, footer { color: var(--soft); }
  pre { margin: 0; padding: .9rem 1rem; border-radius: .5rem; background: var(--code); overflow-x: auto; }
  code { font: .875rem/1.5 ui-monospace, monospace; }
  a { color: var(--link); }
  a:focus-visible, pre:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
  footer { margin-top: 3rem; }
</style>
</head>
<body>
<main>
<h1>KoruDelta</h1>
<p class="version">Version ${VERSION}</p>
<p>This is a database of JSON documents that keeps every version. Nothing is overwritten: a document can be read as it was
at any moment, compared with what it is now, and brought back.</p>
${examples.replaceAll('<pre>', '<pre tabindex="0">')}
<footer>
<p>All routes are in <a href="/openapi.json">openapi.json</a>; how the server is, says <a href="/health">health</a>. A server
with API keys wants one with each request: <code>-H 'Authorization: Bearer kdelta_…'</code>.</p>
</footer>
</main>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
