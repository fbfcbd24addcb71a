import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { compressedFiles } from './compressed-files.ts';

/** What the pages of findings and machines have in common comes as one file: a dozen small ones cost more in headers than in code. */
const PARTS = /web\/src\/(ui|findings\/(Kind|Evidence|Step|FindingBadges|finding-|kind-|steps-))/;

export default defineConfig({
  root: import.meta.dirname,
  plugins: [svelte(), compressedFiles()],
  // Inlined images would be data: URLs, which the server's content security policy refuses.
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    target: 'es2023',
    rolldownOptions: {
      output: {
        codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: 'parts', test: PARTS }] },
      },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:9621' } },
});
