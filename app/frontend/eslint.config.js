// Few rules, all of them about mistakes; the look of the code is the author's care.
import pluginVue from 'eslint-plugin-vue';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['node_modules/**'] },
  ...tseslint.configs.recommended,
  ...pluginVue.configs['flat/essential'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
  },
  {
    files: ['src/**/*.{ts,vue}'],
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      // `?.` and `??` count as branches here, so the figure is higher than on the server's side.
      complexity: ['error', 15],
      'max-lines': ['error', 400],
      'no-console': 'error',
      'no-eval': 'error',
      'no-new-func': 'error',
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/no-v-html': 'error',
    },
  },
  {
    // An island knows what is shared and itself, never another island; what is shared knows none.
    files: ['src/shared/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['**/islands/**'] }] },
  },
  {
    files: ['src/islands/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['**/agent_desk/**', '**/shift_board/**'] }] },
  },
);
