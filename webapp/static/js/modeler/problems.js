// The findings on the change, below the diagram and as marks on it: the publish checks' after each save, bpmnlint's at once.
import { h } from './fields.js';
import { has, t } from './words.js';

export class Problems {
  #checked = [];
  #linted = [];
  #marked = [];

  /** `host`: the list's place; `count`: where their number stands. */
  constructor(modeler, host, count) {
    Object.assign(this, { modeler, host, count });
    modeler.get('eventBus').on(['import.done', 'elements.changed'], () => this.#lintSoon());
  }

  /** What the publish checks say. */
  check(problems) {
    this.#checked = problems;
    this.#draw();
  }

  select(id) {
    const element = this.#shape(id);
    if (!element) return;
    const canvas = this.modeler.get('canvas');
    this.modeler.get('selection').select(element);
    canvas.scrollToElement(element, { top: 120, bottom: 120, left: 120, right: 120 });
  }

  #timer = 0;
  #lintSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      const definitions = this.modeler.getDefinitions();
      const found = definitions ? await window.modelerExtras.lint(definitions) : [];
      this.#linted = found.filter(({ rule }) => has(`lint_${rule}`))
        .map(({ element, rule }) => ({ code: rule, level: 'warning', file: '', element, text: t(`lint_${rule}`) }));
      this.#draw();
    }, 300);
  }

  #shape(id) {
    const registry = this.modeler.get('elementRegistry');
    return registry.get(id) ?? registry.find((one) => one.businessObject?.processRef?.id === id);
  }

  #draw() {
    const levels = { error: 0, warning: 1 };
    const all = [...this.#checked, ...this.#linted].sort((a, b) => levels[a.level] - levels[b.level]);
    const errors = all.filter((one) => one.level === 'error').length;
    this.count.textContent = all.length ? t('problem_count', { errors, warnings: all.length - errors }) : t('problem_none');
    this.count.dataset.level = errors ? 'error' : all.length ? 'warning' : 'none';
    this.host.replaceChildren(...all.map((one) => this.#line(one)));
    this.#mark(all);
  }

  #line({ level, element, file, text }) {
    const shape = element && this.#shape(element);
    const badge = h('span', { class: 'yz-problem-level' }, t(`level_${level}`), ' ');
    const place = file && !file.endsWith('.bpmn') ? `${file}: ` : '';
    if (!shape) return h('li', { class: `yz-problem-${level}` }, badge, h('span', {}, place + text));
    return h('li', {}, h('button', { type: 'button', class: `yz-problem yz-problem-${level}`, onclick: () => this.select(element) }, badge, h('span', {}, place + text)));
  }

  #mark(all) {
    const canvas = this.modeler.get('canvas');
    const registry = this.modeler.get('elementRegistry');
    for (const [id, marker] of this.#marked) if (registry.get(id)) canvas.removeMarker(id, marker);
    const worst = new Map();
    for (const { element, level } of all) {
      const shape = element && this.#shape(element);
      if (shape && worst.get(shape.id) !== 'error') worst.set(shape.id, level);
    }
    this.#marked = [...worst].map(([id, level]) => [id, `yz-has-${level}`]);
    for (const [id, marker] of this.#marked) canvas.addMarker(id, marker);
  }
}
