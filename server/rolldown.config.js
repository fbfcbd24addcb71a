import { defineConfig } from 'rolldown';

/** 450 kB that only IsPhoneNumber needs. */
const withoutPhoneNumbers = {
  name: 'without-phone-numbers',
  resolveId: (id) => (id.startsWith('libphonenumber-js') ? '\0no-phone-numbers' : null),
  load: (id) => (id === '\0no-phone-numbers' ? 'export default () => undefined;' : null),
};

export default defineConfig({
  input: 'src/main.ts',
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
    file: 'dist/portlight-server.js',
    codeSplitting: false,
    format: 'esm',
    // Otherwise reflect-metadata is evaluated after the decorators that need it.
    strictExecutionOrder: true,
    minify: false,
  },
});
