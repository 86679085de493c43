// What has no ready-made file for the browser: token simulation and bpmnlint beside the ready-made modeler.
import tokenSimulation from 'bpmn-js-token-simulation';
import { Linter } from 'bpmnlint';
import globalElements from 'bpmnlint/rules/global';
import noDisconnected from 'bpmnlint/rules/no-disconnected';
import noDuplicateFlows from 'bpmnlint/rules/no-duplicate-sequence-flows';
import noJoinFork from 'bpmnlint/rules/no-gateway-join-fork';
import noOverlap from 'bpmnlint/rules/no-overlapping-elements';
import superfluousTermination from 'bpmnlint/rules/superfluous-termination';

// The rules that say what the publish checks do not; their sentences stand in webapp/modeler_words.py.
const RULES = {
  'no-disconnected': noDisconnected,
  'no-duplicate-sequence-flows': noDuplicateFlows,
  'no-gateway-join-fork': noJoinFork,
  'no-overlapping-elements': noOverlap,
  'superfluous-termination': superfluousTermination,
  global: globalElements,
};
// The rules remember what they saw: each look at a diagram has a linter of its own.
const linter = () => new Linter({
  config: { rules: Object.fromEntries(Object.keys(RULES).map((name) => [name, 'warn'])) },
  resolver: {
    resolveRule: (_, name) => RULES[name],
    resolveConfig: (_, name) => { throw new Error(`no configuration ${name}`); },
  },
});

/** The findings on a tree of definitions: [{element, rule}]. */
async function lint(definitions) {
  const found = await linter().lint(definitions);
  return Object.entries(found).flatMap(([rule, reports]) => reports.map(({ id }) => ({ element: id, rule })));
}

window.modelerExtras = { tokenSimulation, lint };
