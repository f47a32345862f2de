// How the app is built, for being served at /; and `npm run dev`, which passes /graphql on to a server on the usual port.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    assetsDir: 'assets',
    target: 'es2022',
    // A policy that allows this origin alone refuses data: addresses, so that nothing is put inline.
    assetsInlineLimit: 0,
    // One file is fine for an app of this size.
    chunkSizeWarningLimit: 700,
  },
  server: {
    host: '127.0.0.1',
    strictPort: true,
    proxy: { '/graphql': { target: process.env.ENDPOINT ?? 'http://127.0.0.1:8000', ws: true } },
  },
});
