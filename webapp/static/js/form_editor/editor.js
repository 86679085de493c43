// The page of one form of a process change: form-js to draw it, our own renderer to see it, saved as one goes.
import { startSaving } from '../changes/saving_bar.js';
import { request } from '../changes/saving.js';
import { ProblemList } from '../changes/problem_list.js';
import { ReadOnly } from '../changes/read_only.js';
import { isWideScreen } from '../changes/wide_screen.js';
import { localizeCalendars } from './calendar.js';
import { FaithfulForm } from './faithful.js';
import { FeelChecks } from './feel_checks.js';
import { languagesModule, paletteModule } from './languages.js';
import { Preview } from './preview.js';
import { steadyRowsModule } from './steady_rows.js';
import { translate } from '../changes/translation.js';

const CHROME = [
  '.fjs-palette-container', '.fjs-properties-container', '.fjs-context-pad', '.fjs-empty-editor', '.fjs-empty-component',
  '.bio-properties-panel-popup', '.bio-properties-panel-tooltip', '.fjs-repeat-render-footer', '.fjs-select-placeholder',
  '.fjs-form-field-placeholder', '.fjs-filepicker-container', '.gu-mirror',
].join(', ');

class FormEditorPage {
  constructor(place) {
    this.place = place;
    this.words = JSON.parse(document.getElementById('form-editor-words').textContent);
    this.missing = translate(CHROME, this.words.editor);
    this.text = JSON.parse(document.getElementById('form-source').textContent);
    this.readOnly = new ReadOnly(place, (target) => target.closest('.fjs-element, .bio-properties-panel-group-header') && !target.closest('.fjs-context-pad'));
    this.preview = new Preview(() => this.read());
    this.problems = new ProblemList(document.querySelector('[data-problems]'), {
      file: place.dataset.name,
      onChosen: (problem) => this.select(problem.element),
    });
  }

  async start() {
    localizeCalendars(window.flatpickr);
    this.editor = new window.FormEditor({
      container: this.place,
      additionalModules: [paletteModule(this.words.types, this.words.beginnings), languagesModule(this.words.panel), steadyRowsModule],
    });
    await this.load(this.text);
    // Enter in the palette selects what it adds; the rest of the key press would unselect it again.
    this.place.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && event.target.closest('.fjs-palette-field')) event.preventDefault();
    }, true);
    this.editor.on('commandStack.changed', ({ trigger }) => this.changed(trigger));
    this.feelChecks = new FeelChecks(this.editor);
    this.connectButtons();
    const { changeId, name, revision } = this.place.dataset;
    this.saving = await startSaving({
      changeId,
      name,
      revision: Number(revision),
      content: this.text,
      mayEdit: isWideScreen(),
      read: async () => this.read(),
      load: async (text) => { await this.load(text); this.preview.refresh(); },
      onLock: (lock) => { this.readOnly.isOn = !lock.is_mine; this.showButtons(); },
      onProblems: (problems) => this.problems.show(problems),
    });
    await this.problems.load(`/api/process-changes/${changeId}/problems`, request);
  }

  /** Show a form; what cannot be drawn is said, and nothing of it is ever saved over. */
  async load(text) {
    await this.editor.importSchema(withOwnIds(JSON.parse(text)));
    this.faithful = new FaithfulForm(text, this.editor.getSchema());
    this.showButtons();
  }

  read() { return this.faithful.text(this.editor.getSchema()); }

  changed(trigger) {
    this.showButtons();
    if (trigger === 'clear') return;
    this.saving?.touch();
    this.preview.refresh();
  }

  connectButtons() {
    for (const button of document.querySelectorAll('[data-editor-action]')) {
      button.addEventListener('click', () => this.editor.get('commandStack')[button.dataset.editorAction]());
    }
  }

  showButtons() {
    const stack = this.editor.get('commandStack');
    const can = { undo: stack.canUndo(), redo: stack.canRedo() };
    for (const button of document.querySelectorAll('[data-editor-action]')) {
      button.disabled = this.readOnly.isOn || !can[button.dataset.editorAction];
    }
  }

  select(element) {
    const registry = this.editor.get('formFieldRegistry');
    const field = registry.get(element) ?? registry.getAll().find((one) => one.key === element || one.path === element);
    if (!field) return;
    this.editor.get('selection').set(field);
    this.place.querySelector(`[data-id="${CSS.escape(field.id)}"]`)?.scrollIntoView({ block: 'center' });
  }
}

/** form-js wants ids that are unique in the whole file; those of the file itself come back when it is saved. */
function withOwnIds(schema, taken = new Set()) {
  const id = schema.id && taken.has(schema.id) ? `${schema.id}_${taken.size}` : schema.id;
  taken.add(id);
  const components = schema.components?.map((inner) => withOwnIds(inner, taken));
  return { ...schema, ...(id && { id }), ...(components && { components }) };
}

const place = document.querySelector('[data-form-editor]');
const page = new FormEditorPage(place);
// What a test or a person at the console asks for; nothing in the page reads it.
window.formEditorPage = page;
page.start().catch((error) => {
  const refusal = document.querySelector('[data-editor-refusal]');
  refusal.hidden = false;
  refusal.querySelector('[data-reason]').textContent = error.message;
  place.hidden = true;
});
