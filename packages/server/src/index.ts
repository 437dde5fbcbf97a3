export { converse } from './bridge.js';
export { Engine } from './engine.js';
