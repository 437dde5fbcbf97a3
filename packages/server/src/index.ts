export { converse } from './bridge.js';
export { Engine } from './engine.js';
export { type ServeOptions, type Server, serve } from './http/server.js';
