import { defineConfig } from 'rolldown';

/** One CommonJS file: an agent of it takes 9 MB less memory than one of modules. */
export default defineConfig({
  input: 'src/main.ts',
  platform: 'node',
  logLevel: 'warn',
  output: { file: 'dist/portlight.cjs', format: 'cjs' },
});
