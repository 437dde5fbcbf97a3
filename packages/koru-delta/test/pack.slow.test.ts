import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const own = fileURLToPath(new URL('..', import.meta.url));
const addon = dirname(fileURLToPath(import.meta.resolve('@koru-delta/node')));

interface Manifest {
  name: string;
  version: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
}

/** Copies a package without what belongs to the workspace. */
async function copyPackage(from: string, to: string): Promise<Manifest> {
  const filter = (path: string) => !/[/\\](node_modules|target|npm)$/.test(path);
  await cp(from, to, { recursive: true, filter });
  return readManifest(to);
}

let work: string;
let project: string;

/** Packs the three packages as a release does, and installs them into an empty project. */
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'koru-delta-pack-'));
  const [node, face] = [join(work, 'node'), join(work, 'koru-delta')];

  const nodeManifest = await copyPackage(addon, node);
  const cli = join(addon, 'node_modules', '@napi-rs', 'cli', 'dist', 'cli.js');
  await run(process.execPath, [cli, 'create-npm-dirs', '--cwd', node]);
  const [binary] = (await readdir(addon)).filter((name) => name.endsWith('.node'));
  if (!binary) throw new Error('The addon is not built: npm run build');
  const target = binary.split('.')[1] as string;
  const platform = join(node, 'npm', target);
  await cp(join(addon, binary), join(platform, binary));
  nodeManifest.optionalDependencies = { [`@koru-delta/node-${target}`]: nodeManifest.version };
  await writeFile(join(node, 'package.json'), JSON.stringify(nodeManifest));

  const faceManifest = await copyPackage(own, face);
  faceManifest.dependencies = { '@koru-delta/node': nodeManifest.version };
  await writeFile(join(face, 'package.json'), JSON.stringify(faceManifest));

  project = join(work, 'project');
  await mkdir(project);
  await writeFile(join(project, 'package.json'), '{"private":true}');
  const tarballs: string[] = [];
  for (const folder of [platform, node, face]) {
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', work], { cwd: folder });
    tarballs.push(join(work, (JSON.parse(stdout) as { filename: string }[])[0]?.filename as string));
  }
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', ...tarballs], { cwd: project });
}, 120_000);

afterAll(() => rm(work, { recursive: true, force: true }));

/** Runs a script in the project and gives what it printed. */
async function printed(name: string, script: string): Promise<string> {
  await writeFile(join(project, name), script);
  const { stdout, stderr } = await run(process.execPath, [name], { cwd: project });
  expect(stderr).toBe('');
  return stdout.trim();
}

const use = `
  const db = await KoruDelta.startWithPath('./data');
  await db.put('users', 'alice', { name: 'Alice' });
  const seen = await db.get('users', 'alice');
  await db.close();
  console.log(JSON.stringify(seen));`;

describe('the packed packages, installed into an empty project', () => {
  test('are imported', async () => {
    expect(await printed('a.mjs', `import { KoruDelta } from 'koru-delta';${use}`)).toBe('{"name":"Alice"}');
  });

  test('are required', async () => {
    const script = `const { KoruDelta } = require('koru-delta'); (async () => {${use}})();`;
    expect(await printed('b.cjs', script)).toBe('{"name":"Alice"}');
  });

  test('hold no more than they should', async () => {
    const files = async (name: string) => {
      const found = await readdir(join(project, 'node_modules', name), { recursive: true });
      // What two entries share has the hash of its content in its name.
      return found.map((file) => file.replace(/-[\w-]{8}\./, '-HASH.')).sort();
    };
    expect(await files('koru-delta')).toEqual([
      'README.md',
      'dist',
      'dist/chunk-HASH.js',
      'dist/chunk-HASH.js.map',
      'dist/connect-options-HASH.d.ts',
      'dist/index.d.ts',
      'dist/index.js',
      'dist/index.js.map',
      'dist/inside.d.ts',
      'dist/inside.js',
      'dist/inside.js.map',
      'package.json',
    ]);
    expect(await files('@koru-delta/node')).toEqual([
      'README.md',
      'index.d.ts',
      'index.js',
      'native.d.ts',
      'package.json',
    ]);
  });

  test('have types that a strict program compiles with', async () => {
    const script = `import { KoruDelta, type VersionInfo } from 'koru-delta';
      const db: KoruDelta<{ users: { name: string } }> = await KoruDelta.start();
      const put: VersionInfo = await db.put('users', 'alice', { name: 'Alice' });
      const name: string | undefined = (await db.get('users', 'alice'))?.name;
      await db.close();
      console.log(put.seq, name);`;
    await writeFile(join(project, 'c.mts'), script);
    const tsc = fileURLToPath(import.meta.resolve('typescript/lib/tsc.js'));
    const flags = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'esnext'];
    const compiling = run(process.execPath, [tsc, ...flags, 'c.mts'], { cwd: project });
    expect(await compiling.catch((error: { stdout: string }) => error.stdout)).toMatchObject({ stdout: '' });
  }, 60_000);

  test('say what to do when the package of the platform is missing', async () => {
    const scope = join(project, 'node_modules', '@koru-delta');
    const [platform] = (await readdir(scope)).filter((name) => name !== 'node');
    await rm(join(scope, platform as string), { recursive: true });
    const script = `import { KoruDelta } from 'koru-delta';
      await KoruDelta.start().catch((error) => console.log(error.message));`;
    const message = await printed('d.mjs', script);
    expect(message).toContain(`@koru-delta/${platform} is missing`);
    expect(message).toContain('https://github.com/npm/cli/issues/4828');
    expect(message).toContain('npm install');
    expect(message).toContain(`${process.platform} ${process.arch}`);
  });
});
