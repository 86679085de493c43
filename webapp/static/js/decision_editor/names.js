// The names of a decision and its columns in English. dmn-js edits the Chinese ones; the English ones are extension
// properties called `en` (see docs/decisions-tables.md), kept beside whatever else lies in the extension elements.

const CAMUNDA = 'http://camunda.org/schema/1.0/bpmn';

export class Names {
  constructor(place, words) {
    Object.assign(this, { place, words, decision: null, isLocked: false });
  }

  /** Show the names of a decision (null: none is shown). */
  show(decision, stack, viewer) {
    Object.assign(this, { decision, stack, viewer });
    this.draw();
  }

  /** After a change elsewhere: other columns, other labels; the field somebody types in stays as it is. */
  update() {
    if (this.decision && !this.place.contains(document.activeElement)) this.draw();
  }

  lock(isLocked) {
    this.isLocked = isLocked;
    this.draw();
  }

  draw() {
    this.place.hidden = !this.decision;
    const rows = this.decision ? [...this.named()].map(([element, label], index) => this.field(element, label, index)) : [];
    this.place.querySelector('[data-name-fields]').replaceChildren(...rows);
  }

  * named() {
    const table = this.decision.decisionLogic;
    yield [this.decision, this.words.decision];
    for (const input of table?.input ?? []) {
      yield [input, this.words.input.replace('{name}', input.label || input.inputExpression?.text || input.id)];
    }
    for (const output of table?.output ?? []) {
      yield [output, this.words.output.replace('{name}', output.label || output.name || output.id)];
    }
  }

  field(element, text, index) {
    const row = document.createElement('div');
    const label = document.createElement('label');
    const input = document.createElement('input');
    input.id = `name-${index}`;
    input.className = 'form-control';
    input.value = english(element);
    input.lang = 'en';
    input.disabled = this.isLocked;
    input.addEventListener('change', () => this.write(element, input.value.trim()));
    label.className = 'form-label';
    label.htmlFor = input.id;
    label.textContent = text;
    row.className = 'mb-2';
    row.append(label, input);
    return row;
  }

  write(element, value) {
    this.stack.execute('element.updateProperties', { element, properties: { extensionElements: this.extended(element, value) } });
  }

  /** The extension elements with this English name, everything else in them as it was. */
  extended(element, value) {
    const model = element.$model;
    const kept = element.extensionElements?.values ?? [];
    const holder = kept.find(isProperties);
    const others = (holder?.$children ?? []).filter((one) => one.name !== 'en');
    const own = value ? [model.createAny('camunda:property', CAMUNDA, { name: 'en', value })] : [];
    const properties = model.createAny('camunda:properties', CAMUNDA, { $children: [...others, ...own] });
    const values = [...kept.filter((one) => one !== holder), ...(others.length + own.length ? [properties] : [])];
    if (!values.length) return undefined;
    const extension = model.create('dmn:ExtensionElements', { values });
    for (const one of values) one.$parent = extension;
    extension.$parent = element;
    return extension;
  }
}

const isProperties = (one) => one.$type === 'camunda:properties';

function english(element) {
  const holder = (element.extensionElements?.values ?? []).find(isProperties);
  return holder?.$children?.find((one) => one.name === 'en')?.value ?? '';
}
