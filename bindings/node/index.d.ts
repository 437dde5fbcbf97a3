// Written by the build from the Rust source.
export * from './native.js';
