// Copies the browser files of the npm packages to webapp/static/vendor (git-ignored). Run by scripts/assets.py after `npm ci`.
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

const TARGET = 'webapp/static/vendor';
const FILES = {
  'htmx.org/dist/htmx.min.js': 'htmx.js',
  'echarts/dist/echarts.common.min.js': 'echarts.js',
  'bpmn-js/dist/bpmn-navigated-viewer.production.min.js': 'bpmn-viewer.js',
  'bpmn-js/dist/assets/diagram-js.css': 'bpmn/diagram-js.css',
  'bpmn-js/dist/assets/bpmn-js.css': 'bpmn/bpmn-js.css',
  // scripts/assets.py keeps the rules of it that our pages use and writes tabler.css
  '@tabler/core/dist/css/tabler.min.css': 'source/tabler.css',
};

rmSync(TARGET, { recursive: true, force: true });
for (const [from, to] of Object.entries(FILES)) {
  mkdirSync(dirname(`${TARGET}/${to}`), { recursive: true });
  cpSync(`node_modules/${from}`, `${TARGET}/${to}`);
}
