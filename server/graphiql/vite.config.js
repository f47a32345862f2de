// How the page is built: every address in it begins with /graphql/, where the app serves it.
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/graphql/',
  build: {
    outDir: 'dist',
    assetsDir: 'assets',
    target: 'es2022',
    // The editor and the two language workers are each one large file by nature.
    chunkSizeWarningLimit: 8000,
  },
  worker: { format: 'es' },
  server: {
    host: '127.0.0.1',
    strictPort: true,
    // `npm run dev` shows the page at work against a server on the usual port.
    proxy: { '^/graphql$': { target: 'http://127.0.0.1:8000', ws: true } },
  },
});
