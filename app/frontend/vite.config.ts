// How the browser part is built: two entries, one manifest that the server reads, nothing from outside.
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

import { usedStyles } from './usedStyles.ts';

export default defineConfig({
  base: './',
  plugins: [vue()],
  css: { postcss: { plugins: [usedStyles()] } },
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
    // Messages are compiled to data, never to code: the content security policy forbids eval.
    __INTLIFY_JIT_COMPILATION__: 'true',
    __INTLIFY_DROP_MESSAGE_COMPILER__: 'false',
  },
  build: {
    outDir: '../static/built',
    emptyOutDir: true,
    manifest: 'manifest.json',
    modulePreload: { polyfill: false },
    target: 'es2022',
    // data: addresses would need a wider policy for fonts and styles
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 800,
    rollupOptions: { input: ['src/main.ts', 'src/pages.ts'] },
  },
  test: {
    environment: 'happy-dom',
    include: ['tests/**/*.test.ts'],
  },
});
