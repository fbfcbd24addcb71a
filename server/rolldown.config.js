import { existsSync } from 'node:fs';
import { defineConfig } from 'rolldown';

/** 450 kB that only IsPhoneNumber needs. */
const withoutPhoneNumbers = {
  name: 'without-phone-numbers',
  resolveId: (id) => (id.startsWith('libphonenumber-js') ? '\0no-phone-numbers' : null),
  load: (id) => (id === '\0no-phone-numbers' ? 'export default () => undefined;' : null),
};

/** Each is one file of its own: a thread of the store must not load the whole server. */
const BUNDLES = [
  ['src/main.ts', 'dist/portlight-server.js'],
  ['src/store/sqlite/sqlite-worker.ts', 'dist/sqlite-worker.js'],
  ['src/function.ts', 'dist/portlight-function.js'],
].filter(([input]) => existsSync(input));

const bundle = ([input, file]) => ({
  input,
  platform: 'node',
  logLevel: 'warn',
  // Optional peers that Nest looks for; they are not installed.
  external: [
    '@nestjs/microservices',
    '@nestjs/microservices/microservices-module.js',
    '@nestjs/websockets',
    'pg-native',
    '@fastify/static',
    /^@nestjs\/websockets\//,
  ],
  plugins: [withoutPhoneNumbers],
  output: {
    file,
    codeSplitting: false,
    format: 'esm',
    // Otherwise reflect-metadata is evaluated after the decorators that need it.
    strictExecutionOrder: true,
    minify: false,
  },
});

export default defineConfig(BUNDLES.map(bundle));
