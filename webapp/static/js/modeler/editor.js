// The diagram editor: bpmn-js with our panel, our problems, and saving by itself.
import { request } from '../changes/saving.js';
import { startSaving } from '../changes/saving_bar.js';
import { startLabelEditing } from './label_editing.js';
import { labelsModule } from './labels.js';
import { Model, is } from './model.js';
import { Panel, kindOf } from './panel.js';
import { Problems } from './problems.js';
import { Rules } from './rules.js';
import { startSimulation } from './simulation.js';
import { supportedModule } from './supported.js';
import { startToolbar } from './toolbar.js';
import { isChinese, t, translateModule, untranslated } from './words.js';

const place = document.getElementById('diagram-editor');
const data = place.dataset;
const WIDE = matchMedia('(min-width: 48rem)');

class Editor {
  isForeign = false;
  isShown = false;

  async start() {
    const url = `/api/process-changes/${data.change}/files`;
    const [camunda, file, options] = await Promise.all([
      fetch(data.camunda).then((answer) => answer.json()),
      request(`${url}/${data.file}`, { headers: { Accept: '*/*' } }),
      request(`/api/modeling/options?change=${data.change}`).then((answer) => answer.json()),
    ]);
    const [content, revision] = [await file.text(), Number(file.headers.get('X-Revision'))];
    this.options = options;
    const modeler = new window.BpmnJS({
      container: '#diagram-canvas',
      moddleExtensions: { camunda },
      additionalModules: [translateModule, supportedModule, labelsModule, window.DiagramJSMinimap, window.modelerExtras.tokenSimulation],
    });
    this.modeler = modeler;
    this.startLabels(document.getElementById('english-names'));
    this.model = new Model(modeler);
    startLabelEditing(modeler, this.model);
    this.problems = new Problems(modeler, document.getElementById('problem-list'), document.getElementById('problem-count'));
    this.rules = new Rules(data.change, { onProblems: (found) => this.problems.check(found) });
    this.panel = new Panel(modeler, document.getElementById('panel'), { model: this.model, options, change: this, rules: this.rules });
    modeler.get('eventBus').on('element.updateId', ({ element, newId }) => {
      this.rules.renamed(element.id, newId).then(() => this.panel.redraw(), (error) => this.tell(error.message));
      if (element.type !== 'label') this.renameInWalks(element.id, newId);
    });
    // The list of problems takes room from the canvas and gives it back.
    new ResizeObserver(() => modeler.get('canvas').resized()).observe(document.getElementById('diagram-canvas'));
    await Promise.all([this.show(content), this.rules.load()]);
    startToolbar(modeler, document.getElementById('toolbar'), { save: () => this.save(), fit: () => this.fit() });
    startSimulation(modeler, document.getElementById('simulate'), { onToggle: (active) => this.simulate(active) });
    document.addEventListener('visibilitychange', () => this.panel.leave());
    await this.startSaving(content, revision);
    this.problems.check((await (await request(`/api/process-changes/${data.change}/problems`)).json()).problems);
    place.dataset.ready = 'yes';
  }

  async startSaving(content, revision) {
    this.saving = await startSaving({
      changeId: data.change,
      name: data.file,
      revision,
      content,
      mayEdit: data.mayEdit === 'yes',
      read: async () => (await this.modeler.saveXML({ format: true })).xml,
      load: (xml) => this.show(xml),
      onLock: ({ is_mine: isMine }) => this.lock(!isMine),
      onProblems: (found) => this.problems.check(found),
    });
    this.modeler.get('eventBus').on('commandStack.changed', ({ trigger }) => { if (trigger !== 'clear') this.saving.touch(); });
  }

  /** The names as modelled, or in English: whoever reads English begins with these. */
  startLabels(button) {
    const labels = this.modeler.get('labels');
    const show = (isEnglish) => {
      labels.show(isEnglish);
      button.setAttribute('aria-pressed', String(isEnglish));
      this.panel?.redraw();
    };
    button.addEventListener('click', () => show(!labels.isEnglish));
    show(!isChinese);
  }

  async save() {
    this.panel.leave();
    await this.saving.flush();
  }

  /** Show a diagram. What cannot be shown is left as it is: nobody draws over it. */
  async show(xml) {
    try {
      await this.modeler.importXML(xml);
      this.isShown = true;
      this.fit();
    } catch (error) {
      this.isShown = false;
      this.tell(t('not_readable', { reason: reasonOf(error) }));
    }
    this.lock(this.isForeign);
  }

  /** The whole diagram beside the palette. */
  fit() {
    const canvas = this.modeler.get('canvas');
    canvas.resized();
    const { inner, outer } = canvas.viewbox();
    const [left, around] = [document.querySelector('.djs-palette').offsetWidth + 40, 30];
    if (!inner.width || !outer.width) return;
    const scale = Math.min((outer.width - left - around) / inner.width, (outer.height - 2 * around) / inner.height, 1);
    canvas.viewbox({
      x: inner.x - left / scale,
      y: inner.y - (outer.height / scale - inner.height) / 2,
      width: outer.width / scale,
      height: outer.height / scale,
    });
  }

  /** `isForeign`: somebody else edits. */
  lock(isForeign) {
    this.isForeign = isForeign;
    const isLocked = isForeign || !this.isShown;
    if (this.modeler.get('locking').isLocked === isLocked) return;
    this.modeler.get('locking').lock(isLocked);
    place.classList.toggle('is-locked', isLocked);
    this.panel.redraw();
  }

  simulate(active) {
    place.classList.toggle('is-simulating', active);
    this.panel.host.inert = active;
  }

  // What the panel's groups ask of the change.

  isLocked() { return this.modeler.get('locking').isLocked; }
  formUrl(key) { return data.formUrl.replace('__name__', encodeURIComponent(`${key}.json`)); }
  decisionUrl(file) { return data.decisionUrl.replace('__name__', encodeURIComponent(file)); }
  /** Everything that can be chosen in the diagram, for whoever does not use a mouse. */
  elements() { return this.#elements('bpmn:FlowElement', 'bpmn:Lane', 'bpmn:TextAnnotation'); }
  choose(id) {
    if (id) this.problems.select(id);
    else this.modeler.get('selection').select(null);
  }

  tasks() { return this.#elements('bpmn:UserTask', 'bpmn:ManualTask'); }
  starts() { return this.#elements('bpmn:StartEvent'); }

  #elements(...types) {
    const shapes = this.modeler.get('elementRegistry').filter((one) => one.type !== 'label' && is(one, ...types));
    return shapes.map((one) => ({ value: one.id, label: `${this.modeler.get('labels').of(one) || one.id} (${kindOf(one)})` }));
  }

  /** A new form in the change, empty but for its names. */
  async addForm(key, nameZh, nameEn) {
    await request(`/api/process-changes/${data.change}/forms`, {
      method: 'POST',
      body: JSON.stringify({ key, name_zh: nameZh, name_en: nameEn || key }),
      headers: { 'Content-Type': 'application/json' },
    });
  }

  /** An element got another id: the walks of the change follow it, one renaming after the other. */
  #renaming = Promise.resolve();
  renameInWalks(before, after) {
    const body = JSON.stringify({ before, after });
    const send = () => request(`/api/process-changes/${data.change}/walks/renamings`, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
    this.#renaming = this.#renaming.then(send).catch((error) => this.tell(t('walks_not_renamed', { before, after, reason: error.message })));
    return this.#renaming;
  }

  /** Something went wrong: a sentence above the diagram. */
  tell(text) {
    const said = document.createElement('div');
    said.className = 'yz-editor-question';
    said.textContent = text;
    document.querySelector('[data-saving-questions]').append(said);
  }
}

/** What bpmn-js says of a file; of what it says in English only, the publish checks below say more. */
const reasonOf = ({ message }) => (isChinese ? window.bpmnZh[message] ?? t('no_diagram') : message);

const loaded = (address, attributes = {}) => new Promise((resolve, reject) => {
  const script = document.createElement('script');
  Object.assign(script.dataset, attributes);
  script.onload = resolve;
  script.onerror = () => reject(new Error(address));
  script.src = address;
  document.head.append(script);
});

async function start() {
  const editor = new Editor();
  try {
    await Promise.all(data.scripts.trim().split(' ').map((address) => loaded(address)));
    await editor.start();
  } catch (error) {
    editor.tell(t('not_loaded', { reason: error.message }));
    throw error;
  }
  window.diagramEditor = { modeler: editor.modeler, saving: editor.saving, untranslated };
}

// On a narrow screen the diagram is only read; the editor is made once there is room for it.
if (WIDE.matches) {
  start();
} else {
  WIDE.addEventListener('change', start, { once: true });
  loaded(data.reader, { viewer: data.viewer, styles: data.styles });
}
