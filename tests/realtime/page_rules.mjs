// The page's own rules on what stands at the standard input: a snapshot and facts in, the state out.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

// Sources name each other without an ending, as the bundler reads them.
registerHooks({
  resolve: (name, context, next) => next(/^\..*\/[^./]+$/.test(name) ? `${name}.ts` : name, context),
});
const { applyFact, fromSnapshot } = await import('../../app/frontend/src/islands/agent_desk/applyFact.ts');

const { snapshot, facts } = JSON.parse(readFileSync(0, 'utf8'));
let state = fromSnapshot(snapshot, null);
for (const fact of facts) {
  const applied = applyFact(state, fact);
  if (applied.outcome !== 'applied') throw new Error(`${applied.outcome} at ${fact.number} ${fact.name}`);
  state = applied.state;
}
process.stdout.write(JSON.stringify(state));
