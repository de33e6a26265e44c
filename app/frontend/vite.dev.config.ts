// The dev harness: the desk against a server that lives in the page. Never part of the build.
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

import production from './vite.config.ts';

export default defineConfig({
  root: 'src/dev',
  plugins: [vue()],
  define: production.define ?? {},
  server: { host: '127.0.0.1', port: 5273, strictPort: true, fs: { allow: ['../..'] } },
});
