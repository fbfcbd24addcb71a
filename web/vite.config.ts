import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { compressedFiles } from './compressed-files.ts';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [svelte(), compressedFiles()],
  // Inlined images would be data: URLs, which the server's content security policy refuses.
  build: { outDir: 'dist', emptyOutDir: true, assetsInlineLimit: 0, cssCodeSplit: false, target: 'es2023' },
  server: { proxy: { '/api': 'http://127.0.0.1:9621' } },
});
