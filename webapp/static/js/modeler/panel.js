// The properties panel: what can be said of the chosen element, or, when nothing is chosen, of the process.
import { h, note, select } from './fields.js';
import { boundaryGroup, conditionGroup, eventGroup, generalGroup, laneGroup, processGroup } from './groups_basic.js';
import { callGroup, decisionGroup, dutyGroup, formGroup, peopleGroup, repeatGroup, scriptGroup, serviceGroup, timeGroup } from './groups_task.js';
import { ruleGroups } from './groups_rules.js';
import { is } from './model.js';
import { timerGroup } from './timer.js';
import { has, isChinese, t } from './words.js';

const GROUPS = [
  generalGroup, processGroup, laneGroup, peopleGroup, formGroup, timeGroup, conditionGroup, boundaryGroup, timerGroup, eventGroup,
  serviceGroup, decisionGroup, callGroup, scriptGroup, repeatGroup, dutyGroup, ...ruleGroups,
];

export class Panel {
  #element = null;
  #isQuiet = false;

  /** `context`: {model, options, change, rules}: what the groups work with. */
  constructor(modeler, host, context) {
    this.modeler = modeler;
    this.host = host;
    this.context = { ...context, panel: this };
    const bus = modeler.get('eventBus');
    bus.on('selection.changed', ({ newSelection }) => this.#choose(newSelection));
    bus.on(['import.done', 'root.set'], () => this.#choose([]));
    bus.on('commandStack.changed', () => { if (!this.#isQuiet) this.redraw(); });
    bus.on('element.changed', ({ element }) => { if (element === this.#element) this.#head(); });
    host.addEventListener('focusout', (event) => { if (!event.relatedTarget) event.target.dispatchEvent(new Event('yunzhi:leave')); });
  }

  get element() { return this.#element; }

  /** Write without drawing anew: the field that writes shows it already, and whoever types stays in it. */
  quietly(write) {
    this.#isQuiet = true;
    try {
      write();
    } finally {
      this.#isQuiet = false;
    }
  }

  /** Everything typed goes into the diagram, though the field was not left. */
  leave() {
    for (const field of this.host.querySelectorAll('input, textarea')) field.dispatchEvent(new Event('yunzhi:leave'));
  }

  /** Draw anew; the focus stays in its field, and so does what was typed there and not written yet. */
  redraw() {
    const active = this.host.contains(document.activeElement) ? document.activeElement : null;
    const kept = active && { id: active.id, value: active.value, start: active.selectionStart, end: active.selectionEnd };
    const top = this.host.scrollTop;
    this.#draw();
    this.host.scrollTop = top;
    const again = kept?.id && document.getElementById(kept.id);
    if (!again) return;
    again.focus({ preventScroll: true });
    if (kept.start != null && again.value === kept.value) again.setSelectionRange(kept.start, kept.end);
  }

  /** Draw the panel of what was chosen; who came by keyboard stays where they are. */
  #choose(selection) {
    this.leave();
    const picks = document.activeElement?.id === 'panel-element';
    const root = this.modeler.get('canvas').getRootElement();
    const chosen = selection.length > 1 ? null : selection[0] ?? root;
    this.#element = chosen?.labelTarget ?? chosen;
    this.#draw();
    this.host.scrollTop = 0;
    if (picks) document.getElementById('panel-element')?.focus();
  }

  #draw() {
    const element = this.#element;
    if (!element?.businessObject?.$instanceOf) {
      this.host.replaceChildren(note(t('choose_one')));
      return;
    }
    const heading = h('h2', { class: 'yz-panel-head' });
    const groups = GROUPS.flatMap((group) => group(element, this.context)).filter(Boolean);
    const isLocked = this.modeler.get('locking').isLocked;
    const isWhole = is(element, 'bpmn:Collaboration', 'bpmn:Process', 'bpmn:Participant');
    const picker = select('element', t('element'), isWhole ? '' : element.id, this.context.change.elements(), (id) => this.context.change.choose(id), { none: t('process') });
    const body = h('div', {}, groups);
    // Not a disabled fieldset: the lists inside must still be scrolled by keyboard.
    if (isLocked) for (const one of body.querySelectorAll('input, select, textarea, button')) one.disabled = true;
    this.host.replaceChildren(picker, heading, body);
    this.#head();
  }

  #head() {
    const heading = this.host.querySelector('.yz-panel-head');
    if (!heading) return;
    const element = this.#element;
    const shown = is(element, 'bpmn:Collaboration', 'bpmn:Process') ? (this.context.model.process()?.holder ?? element.businessObject) : element.businessObject;
    const kind = kindOf(element);
    const name = (isChinese ? '' : this.context.model.property(shown, 'en')) || shown.name;
    heading.replaceChildren(name || kind, ' ', name ? h('span', { class: 'yz-panel-kind' }, kind) : '');
  }
}

/** What an element is called by its kind. */
export function kindOf(element) {
  const event = element.businessObject.eventDefinitions?.[0]?.$type.replace('bpmn:', '').replace('EventDefinition', '');
  const type = is(element, 'bpmn:Collaboration') ? 'Process' : element.businessObject.$type.replace('bpmn:', '');
  const key = `kind_${event ?? ''}${type}`;
  return has(key) ? t(key) : t(has(`kind_${type}`) ? `kind_${type}` : 'kind_other', { type });
}
