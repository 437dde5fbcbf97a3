import { rustCode } from './rust-code.js';
import { isRust, isScript, lineAt, type SourceFile } from './tree.js';

const engine = 'packages/engine/';
/** The one file of the engine that may touch the operating system. */
const host = `${engine}src/host/standard.rs`;

/** The engine reaches the world through its host alone, so that it can be simulated and run in a browser. */
export function worldly(files: SourceFile[]): string[] {
  return files
    .filter((file) => isRust(file) && file.path.startsWith(`${engine}src/`) && file.path !== host)
    .flatMap((file) => matches(file, /\bstd::(fs|time)\b|\btokio\b|\bstd::\{(?:[^;]*?[{,\s])?(fs|time)\b[^;]*;/g));
}

/** Memory safety is the compiler's to prove everywhere but at the foreign boundary. */
export function unsafeCode(files: SourceFile[]): string[] {
  return files
    .filter((file) => isRust(file) && !file.path.startsWith('bindings/'))
    .flatMap((file) => matches(file, /\bunsafe\b/g));
}

/** The engine knows no JavaScript: neither files of it nor crates that speak to it. */
export function javaScriptIn(files: SourceFile[], crateDependencies: string[]): string[] {
  return [
    ...files.filter((file) => file.path.startsWith(engine) && isScript(file)).map(({ path }) => path),
    ...crateDependencies.filter((name) => /^(napi|neon|wasm-bindgen|js-sys|web-sys)/.test(name)),
  ];
}

function matches({ path, text }: SourceFile, pattern: RegExp): string[] {
  return [...rustCode(text).matchAll(pattern)].map((match) => `${path}:${lineAt(text, match.index)}: ${match[0]}`);
}
