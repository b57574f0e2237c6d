import { defineConfig } from 'vite'

/**
 * The host's pages. Everything is a file of its own, nothing is inlined: the content security policy allows the host's
 * own files and nothing else.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  // modules of their own, so that a worker too loads what it rarely needs only then
  worker: { format: 'es' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: ['chrome125', 'firefox128', 'safari18'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
  },
})
