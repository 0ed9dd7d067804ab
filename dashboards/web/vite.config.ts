// SPDX-License-Identifier: Apache-2.0
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

// The API that `npm run dev` talks to: the mock server, or a plumbd.
const api = process.env.PLUMBLINE_API ?? 'http://127.0.0.1:8790'

export default defineConfig({
  // A space between two pieces of text is kept where it stands at the end of a line.
  plugins: [vue({ template: { compilerOptions: { whitespace: 'preserve' } } })],
  build: {
    outDir: '../../build/web',
    emptyOutDir: true,
    // Nothing becomes a data: URL, so that `default-src 'self'` is the whole policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
  },
  server: { proxy: { '/api': api } },
  test: { environment: 'node', include: ['src/**/*.test.ts', 'mock/**/*.test.mjs'] },
})
