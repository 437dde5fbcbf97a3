import { describe, expect, test } from 'vitest';
import { readCrates } from '../src/crates.js';
import { javaScriptIn, unsafeCode, worldly } from '../src/engine.js';
import { rustCode } from '../src/rust-code.js';
import { readTree } from '../src/tree.js';

const file = (text: string, path = 'packages/engine/src/wal.rs') => [{ path, text }];

describe('Rust code without comments and strings', () => {
  test.each([
    ['a // unsafe\nb', 'a          \nb'],
    ['/* a /* unsafe */ b */ c', '                       c'],
    ['"un\\"safe" x', '           x'],
    ['r#"unsafe " x"# y', '                y'],
    ["'\"' unsafe '\"'", '    unsafe    '],
    ["fn f<'a>(x: &'a str) {}", "fn f<'a>(x: &'a str) {}"],
    ["'\\u{1F600}' x", '            x'],
  ])('%s', (text, code) => {
    expect(rustCode(text)).toBe(code);
  });
});

test.each([
  'use std::fs;',
  'use std::fs::File;',
  'let now = std::time::Instant::now();',
  'use std::{fs, io};',
  'use std::{\n  io::{self, Read},\n  time::Duration,\n};',
  'use tokio::spawn;',
])('the engine may not touch the world: %s', (text) => {
  expect(worldly(file(text))).toHaveLength(1);
  expect(worldly(file(text, 'packages/engine/src/host/standard.rs'))).toEqual([]);
});

test.each(['// std::fs', 'use core::time::Duration;', 'use std::{io, sync::Arc};', 'let fs = self.vfs;', '"std::fs"'])(
  'the engine may say: %s',
  (text) => {
    expect(worldly(file(text))).toEqual([]);
  },
);

test('unsafe is found in code, and left to bindings', () => {
  expect(unsafeCode(file('fn a() {\n  unsafe { b() }\n}'))).toEqual(['packages/engine/src/wal.rs:2: unsafe']);
  expect(unsafeCode(file('#![forbid(unsafe_code)] // unsafe'))).toEqual([]);
  expect(unsafeCode(file('unsafe { b() }', 'bindings/node/src/lib.rs'))).toEqual([]);
});

test('JavaScript in the engine is found', () => {
  expect(javaScriptIn(file('', 'packages/engine/a.ts'), ['serde', 'napi-derive'])).toEqual([
    'packages/engine/a.ts',
    'napi-derive',
  ]);
});

describe('the tree', () => {
  const files = readTree();

  test('has an engine', () => {
    expect(files.filter(({ path }) => path.startsWith('packages/engine/src/')).length).toBeGreaterThan(5);
  });

  test('keeps the world behind the host', () => {
    expect(worldly(files)).toEqual([]);
  });

  test('keeps unsafe code to the bindings', () => {
    expect(unsafeCode(files)).toEqual([]);
  });

  test('keeps JavaScript out of the engine', () => {
    const engine = readCrates().find(({ folder }) => folder === 'packages/engine');
    expect(engine).toBeDefined();
    expect(javaScriptIn(files, engine?.dependencies.map(({ name }) => name) ?? [])).toEqual([]);
  });
});
