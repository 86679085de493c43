// What is wrong with the FEEL of the selected component, said at its field in the panel while one types. The publish
// checks say it again for the whole form after each save; without an answer from the server nothing is said here.
import { request } from '../changes/saving.js';

const AFTER_MS = 400;
// Where a component keeps expressions, and the field of the panel that edits each.
const PLACES = [
  [(field) => field.conditional?.hide, 'conditional-hide'],
  [(field) => field.readonly, 'readonly'],
  [(field) => field.label, 'label'],
  [(field) => field.description, 'description'],
  [(field) => field.text, 'text'],
  [(field) => field.content, 'content'],
  [(field) => field.source, 'source'],
  [(field) => field.expression, 'undefined-expression'], // form-js numbers this entry by an id it does not have
  [(field) => field.valuesExpression, 'optionsExpression-expression'],
  [(field) => field.validate?.min, 'min'],
  [(field) => field.validate?.max, 'max'],
  [(field) => field.validate?.minLength, 'minLength'],
  [(field) => field.validate?.maxLength, 'maxLength'],
  [(field) => field.appearance?.prefixAdorner, 'prefix-adorner'],
  [(field) => field.appearance?.suffixAdorner, 'suffix-adorner'],
];

export class FeelChecks {
  #timer;
  #known = new Map();

  constructor(editor) {
    this.editor = editor;
    this.events = editor.get('eventBus');
    this.events.on(['selection.changed', 'commandStack.changed'], () => this.#soon());
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#check(), AFTER_MS);
  }

  async #check() {
    const field = this.editor.get('selection').get();
    const errors = {};
    for (const [read, entry] of field ? PLACES : []) {
      const text = read(field);
      if (typeof text !== 'string' || !text.startsWith('=')) continue;
      const message = await this.#message(text);
      if (message) errors[entry] = message;
    }
    if (field === this.editor.get('selection').get()) this.events.fire('propertiesPanel.setErrors', { errors });
  }

  async #message(text) {
    if (!this.#known.has(text)) {
      const answer = await request('/api/modeling/feel', {
        method: 'POST',
        body: JSON.stringify({ text, kind: 'value' }),
        headers: { 'Content-Type': 'application/json' },
      }).then((found) => found.json()).catch(() => null);
      if (!answer) return '';
      this.#known.set(text, answer.ok ? '' : answer.message);
    }
    return this.#known.get(text);
  }
}
