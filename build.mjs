// Brings the browser files of the npm packages to webapp/static/vendor (git-ignored). Run by scripts/assets.py after `npm ci`.
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { build } from 'esbuild';

const TARGET = 'webapp/static/vendor';
const FILES = {
  'htmx.org/dist/htmx.min.js': 'htmx.js',
  'echarts/dist/echarts.common.min.js': 'echarts.js',
  'bpmn-js/dist/bpmn-navigated-viewer.production.min.js': 'bpmn-viewer.js',
  'bpmn-js/dist/bpmn-modeler.production.min.js': 'bpmn-modeler.js',
  'bpmn-js/dist/assets/diagram-js.css': 'bpmn/diagram-js.css',
  'bpmn-js/dist/assets/bpmn-js.css': 'bpmn/bpmn-js.css',
  'bpmn-js/dist/assets/bpmn-font/css/bpmn-embedded.css': 'bpmn/bpmn-font.css',
  'bpmn-js-bpmnlint/dist/assets/css/bpmn-js-bpmnlint.css': 'bpmn/lint.css',
  'bpmn-js-token-simulation/assets/css/bpmn-js-token-simulation.css': 'bpmn/token-simulation.css',
  'camunda-bpmn-moddle/resources/camunda.json': 'bpmn/camunda.json',
  'diagram-js-minimap/dist/diagram-minimap.umd.prod.js': 'bpmn-minimap.js',
  'diagram-js-minimap/assets/diagram-js-minimap.css': 'bpmn/minimap.css',
  'dmn-js/dist/dmn-modeler.production.min.js': 'dmn-modeler.js',
  'dmn-js/dist/assets': 'dmn',
  '@bpmn-io/form-js-viewer/dist/assets/form-js.css': 'form-js/form-js.css',
  '@bpmn-io/form-js-editor/dist/assets': 'form-js',
  // scripts/assets.py keeps the rules of it that our pages use and writes tabler.css
  '@tabler/core/dist/css/tabler.min.css': 'source/tabler.css',
};
// Packages without a ready-made file for the browser; each is one small module in webapp/bundles.
const BUNDLES = ['modeler-extras', 'form-editor', 'bpmn-zh'];

// The form editor, its viewer and its panel each bring a Preact; hooks work within one only, and the editor says which.
const onePreact = {
  name: 'one-preact',
  setup(builder) {
    builder.onResolve({ filter: /(^|\/)preact(\/(hooks|compat|jsx-runtime))?$/ }, ({ path, kind, pluginData }) => {
      if (pluginData === onePreact) return undefined;
      const name = path.slice(path.lastIndexOf('preact'));
      const resolveDir = resolve('node_modules/@bpmn-io/form-js-editor');
      return builder.resolve(name, { kind, resolveDir, pluginData: onePreact });
    });
  },
};

rmSync(TARGET, { recursive: true, force: true });
for (const [from, to] of Object.entries(FILES)) {
  mkdirSync(dirname(`${TARGET}/${to}`), { recursive: true });
  cpSync(`node_modules/${from}`, `${TARGET}/${to}`, { recursive: true });
}
await build({
  entryPoints: BUNDLES.map((name) => `webapp/bundles/${name}.js`),
  outdir: TARGET,
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  plugins: [onePreact],
  logLevel: 'error',
});
