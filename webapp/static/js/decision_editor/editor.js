// The page of one file of decisions: dmn-js to edit it, a row to try, the names in both languages, saved as one goes.
import { request } from '../changes/saving.js';
import { startSaving } from '../changes/saving_bar.js';
import { ProblemList } from '../changes/problem_list.js';
import { ReadOnly } from '../changes/read_only.js';
import { isWideScreen } from '../changes/wide_screen.js';
import { Marks } from './marks.js';
import { Names } from './names.js';
import { englishName, inEnglish } from './english_names.js';
import { withLayout } from './layout.js';
import { TriedRow } from './tried_row.js';
import { nameTypes } from './type_names.js';

const NAMED = ['decisionTable', 'literalExpression'];
// The types our engine reads, by their names in the file.
const DATA_TYPES = ['string', 'boolean', 'number', 'integer', 'date', 'time', 'dateTime', 'dayTimeDuration', 'yearMonthDuration', 'Any'];

class DecisionEditorPage {
  constructor(place) {
    this.place = place;
    this.words = JSON.parse(document.getElementById('decision-editor-words').textContent);
    this.text = JSON.parse(document.getElementById('decision-source').textContent);
    this.missing = new Set();
    this.tabs = document.querySelector('[data-views]');
    this.readOnly = new ReadOnly(place);
    this.marks = new Marks();
    this.names = new Names(document.querySelector('[data-names]'), this.words.names, this.isEnglish);
    this.row = new TriedRow({ read: () => this.read(), decision: () => this.shownDecision, marks: this.marks });
    this.problems = new ProblemList(document.querySelector('[data-problems]'), {
      file: place.dataset.name,
      onChosen: (problem) => this.show(problem.element),
    });
  }

  async start() {
    const own = this.isEnglish ? inEnglish : {};
    const editor = (kind) => ({ additionalModules: [this.translateModule(), ...(own[kind] ?? [])] });
    this.editor = new window.DmnJS({
      container: this.place,
      common: { dataTypes: DATA_TYPES },
      drd: editor('drd'),
      decisionTable: editor('decisionTable'),
      literalExpression: editor('literalExpression'),
      boxedExpression: editor('boxedExpression'),
    });
    nameTypes(this.place, this.words.editor);
    // The head of the column of numbers says nothing, and says so.
    new MutationObserver(() => {
      this.place.querySelectorAll('th.index-column:not([role])').forEach((one) => one.setAttribute('role', 'presentation'));
    }).observe(this.place, { childList: true, subtree: true });
    this.editor.on('viewer.created', ({ viewer }) => {
      viewer.on('commandStack.changed', ({ trigger }) => this.changed(trigger));
    });
    this.editor.on('views.changed', () => this.viewsChanged());
    await this.load(this.text);
    this.connectButtons();
    const { changeId, name, revision } = this.place.dataset;
    this.saving = await startSaving({
      changeId,
      name,
      revision: Number(revision),
      content: this.text,
      mayEdit: isWideScreen(),
      read: () => this.read(),
      load: async (text) => { await this.load(text); this.row.refresh(); },
      onLock: (lock) => { this.lock(!lock.is_mine); },
      onProblems: (problems) => this.showProblems(problems),
    });
    const answer = await request(`/api/process-changes/${changeId}/problems`).catch(() => null);
    if (answer) this.showProblems((await answer.json()).problems);
  }

  async load(text) {
    this.unchanged = text;
    const shown = this.shown?.id;
    await this.editor.importXML(text, { open: false });
    const views = this.editor.getViews();
    const named = views.filter((view) => NAMED.includes(view.type));
    await this.editor.open(views.find((view) => view.id === shown) ?? named[0] ?? views[0]);
    this.viewsChanged();
  }

  /** The file; as long as nobody changed anything, exactly as it came. */
  async read() {
    if (this.unchanged !== null) return this.unchanged;
    return (await this.editor.saveXML({ format: true })).xml;
  }

  changed(trigger) {
    this.showButtons();
    if (trigger === 'clear') return;
    this.unchanged = null;
    this.names.update();
    this.saving?.touch();
    this.row.refresh();
  }

  get isEnglish() { return this.words.language === 'en'; }
  get stack() { return this.editor.getActiveViewer()?.get('commandStack', false); }
  get shown() { return this.editor.getActiveView(); }
  get shownDecision() { return NAMED.includes(this.shown?.type) ? this.shown.id : ''; }

  viewsChanged() {
    const shown = this.shown;
    if (!shown) return;
    this.tabs.replaceChildren(...this.editor.getViews().map((view) => this.tab(view, view.id === shown.id)));
    this.names.show(NAMED.includes(shown.type) ? shown.element : null, this.stack, this.editor.getActiveViewer());
    this.showButtons();
    this.row.refresh();
  }

  tab(view, isShown) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn btn-sm';
    button.textContent = view.type === 'drd' ? this.words.relations : this.called(view) || view.name || view.id;
    if (isShown) button.setAttribute('aria-current', 'true');
    button.addEventListener('click', () => this.open(view));
    return button;
  }

  called(view) { return this.isEnglish && view.element ? englishName(view.element) : ''; }

  /** Show a view. A file without a drawing of its decisions gets one, as a change of the file, when somebody asks for it. */
  async open(view) {
    if (view.type === 'drd' && !this.readOnly.isOn) {
      const drawn = withLayout(await this.read());
      if (drawn) {
        await this.editor.importXML(drawn);
        this.unchanged = null;
        this.saving.touch();
        view = this.editor.getViews().find((one) => one.type === 'drd');
      }
    }
    await this.editor.open(view);
  }

  /** Show the decision a problem is in, and bring its row into view. */
  async show(element) {
    const holder = this.editor.getViews().find((view) => view.type !== 'drd' && holds(view.element, element));
    if (holder && holder.id !== this.shown.id) await this.editor.open(holder);
    const own = `[data-element-id="${CSS.escape(element)}"], [data-row-id="${CSS.escape(element)}"], [data-col-id="${CSS.escape(element)}"]`;
    const cell = this.place.querySelector(own);
    cell?.scrollIntoView({ block: 'center', inline: 'center' });
    cell?.click();
  }

  showProblems(problems) {
    this.problems.show(problems);
    this.marks.problems(problems.filter((one) => one.file === this.place.dataset.name));
  }

  lock(isLocked) {
    this.readOnly.isOn = isLocked;
    this.names.lock(isLocked);
    this.showButtons();
  }

  connectButtons() {
    for (const button of document.querySelectorAll('[data-editor-action]')) {
      button.addEventListener('click', () => this.stack?.[button.dataset.editorAction]());
    }
  }

  showButtons() {
    const can = { undo: this.stack?.canUndo(), redo: this.stack?.canRedo() };
    for (const button of document.querySelectorAll('[data-editor-action]')) {
      button.disabled = this.readOnly.isOn || !can[button.dataset.editorAction];
    }
  }

  translateModule() {
    const translateText = (text, values = {}) => {
      const own = Object.hasOwn(this.words.editor, text) ? this.words.editor[text] : text;
      if (this.words.language !== 'en' && own === text) this.missing.add(text);
      return own.replace(/{([^}]+)}/g, (all, key) => values[key.trim()] ?? all);
    };
    return { translate: ['value', translateText] };
  }
}

/** Whether a decision has an element of this id anywhere inside. */
function holds(decision, id) {
  if (decision.id === id) return true;
  const logic = decision.decisionLogic;
  const parts = [logic, ...(logic?.input ?? []), ...(logic?.output ?? []), ...(logic?.rule ?? [])];
  const inner = (logic?.rule ?? []).flatMap((rule) => [...(rule.inputEntry ?? []), ...(rule.outputEntry ?? [])]);
  const expressions = (logic?.input ?? []).map((input) => input.inputExpression);
  return [...parts, ...inner, ...expressions].some((one) => one?.id === id);
}

const place = document.querySelector('[data-decision-editor]');
const page = new DecisionEditorPage(place);
// What a test or a person at the console asks for; nothing in the page reads it.
window.decisionEditorPage = page;
page.start().catch((error) => {
  const refusal = document.querySelector('[data-editor-refusal]');
  refusal.hidden = false;
  refusal.querySelector('[data-reason]').textContent = error.message;
  place.hidden = true;
});
