import { readFileSync } from 'node:fs';
import { defineConfig } from 'rolldown';

/** What packages ask for and this server never uses. */
const UNUSED = [
  // 450 kB that only IsPhoneNumber needs.
  { name: 'libphonenumber-js', instead: 'export default () => undefined;' },
  // Bodies are read by http/read-body.ts; with its tables of East Asian encodings that is 280 kB.
  { name: 'body-parser', instead: 'module.exports = {};' },
  // Nobody uploads files, and the API is described in JSON.
  { name: 'multer', instead: 'module.exports = {};' },
  { name: 'js-yaml', instead: 'export const dump = undefined;' },
  // For Nest's own pipes and mapped types: 440 kB, where the server's rules need a tenth.
  { name: 'class-validator', by: '@nestjs', instead: 'module.exports = {};' },
  { name: 'class-transformer', by: '@nestjs', instead: 'module.exports = {};' },
];

const withoutUnused = {
  name: 'without-unused',
  resolveId(id, importer = '') {
    const at = UNUSED.findIndex(
      ({ name, by = '' }) => (id === name || id.startsWith(`${name}/`)) && importer.includes(by),
    );
    return at < 0 ? null : `\0unused/${at}`;
  },
  load: (id) => (id.startsWith('\0unused/') ? UNUSED[Number(id.slice('\0unused/'.length))].instead : null),
};

/** Types that the server sends or is asked for; all two thousand would be sorted at every start. */
const TYPES = [
  'application/json',
  'application/octet-stream',
  'image/svg+xml',
  'text/css',
  'text/html',
  'text/javascript',
  'text/plain',
];

const withFewTypes = {
  name: 'with-few-types',
  load(id) {
    if (!/[\\/]mime-db[\\/]db\.json$/.test(id)) return null;
    const all = JSON.parse(readFileSync(id, 'utf8'));
    return { code: JSON.stringify(Object.fromEntries(TYPES.map((type) => [type, all[type]]))), moduleType: 'json' };
  },
};

/** With any other character in it a file takes twice the memory and is slower to read. */
const asAscii = {
  name: 'as-ascii',
  generateBundle(_, files) {
    for (const file of Object.values(files)) if (file.type === 'chunk') file.code = escaped(file.code);
  },
};

const escaped = (code) =>
  code.replace(/[^\0-\x7f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

/**
 * Each is one file of its own: a thread of the store must not load the whole server. The server itself is no ES module: such a
 * one that imports node:http loads a whole second client, and is compiled anew at every start.
 */
const BUNDLES = [
  { input: 'src/launch.ts', file: 'dist/portlight-server.js', format: 'esm' },
  { input: 'src/main.ts', file: 'dist/server-main.cjs', format: 'cjs' },
  { input: 'src/store/sqlite/sqlite-worker.ts', file: 'dist/sqlite-worker.js', format: 'esm' },
  { input: 'src/launch-function.ts', file: 'dist/portlight-function.js', format: 'esm' },
  { input: 'src/function.ts', file: 'dist/function-main.cjs', format: 'cjs' },
];

const bundle = ({ input, file, format }) => ({
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
  plugins: [withoutUnused, withFewTypes, asAscii],
  output: {
    file,
    codeSplitting: false,
    format,
    // Otherwise reflect-metadata is evaluated after the decorators that need it.
    strictExecutionOrder: true,
    // Comments and blanks are read at every start; names stay, for stack traces and for Nest, which knows services by them.
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  },
});

export default defineConfig(BUNDLES.map(bundle));
