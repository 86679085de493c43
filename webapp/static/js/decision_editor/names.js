// What dmn-js has no field for: the names of a decision and its columns in English, and what people call the values of an
// output. They are extension properties (see docs/decisions-tables.md), kept beside whatever else lies in the extension elements.

const CAMUNDA = 'http://camunda.org/schema/1.0/bpmn';
const NAMED_VALUE = /^(?:zh|en):/;
const TEXTUAL = ['string', 'Any', undefined];
const TEXT = /"((?:[^"\\]|\\.)*)"/g;

export class Names {
  constructor(place, words, isEnglish) {
    Object.assign(this, { place, words, isEnglish, decision: null, isLocked: false });
  }

  /** What the reader calls a column. */
  called(column) { return (this.isEnglish && property(column, 'en')) || column.label || column.name || column.inputExpression?.text || column.id; }

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
    const rows = this.decision ? [...this.named()].map((one, index) => this.field(index, ...one)) : [];
    this.place.querySelector('[data-name-fields]').replaceChildren(...rows);
  }

  * named() {
    const table = this.decision.decisionLogic;
    yield [this.decision, this.words.decision, 'en'];
    for (const input of table?.input ?? []) {
      yield [input, this.words.input.replace('{name}', this.called(input)), 'en'];
    }
    for (const output of table?.output ?? []) {
      const own = (text, value) => text.replace('{name}', this.called(output)).replace('{value}', value);
      yield [output, own(this.words.output), 'en'];
      if (!TEXTUAL.includes(output.typeRef)) continue;
      yield [output, own(this.words.groups), 'values', 'groups'];
      for (const value of property(output, 'values') ? [] : valuesOf(output)) {
        yield [output, own(this.words.value_zh, value), `zh:${value}`];
        yield [output, own(this.words.value_en, value), `en:${value}`];
      }
    }
  }

  /** A field for a property: for its text, or with `whenOn` a box that is ticked when it says so. */
  field(index, element, text, name, whenOn = '') {
    const row = document.createElement('div');
    const label = document.createElement('label');
    const input = document.createElement('input');
    input.id = `name-${index}`;
    input.disabled = this.isLocked;
    label.htmlFor = input.id;
    label.textContent = text;
    if (whenOn) {
      Object.assign(input, { type: 'checkbox', className: 'form-check-input', checked: property(element, name) === whenOn });
      label.className = 'form-check-label';
      row.className = 'form-check mb-2';
      row.append(input, label);
    } else {
      Object.assign(input, { className: 'form-control', value: property(element, name), lang: name.startsWith('zh') ? 'zh' : 'en' });
      label.className = 'form-label';
      row.className = 'mb-2';
      row.append(label, input);
    }
    input.addEventListener('change', () => {
      this.write(element, name, whenOn ? (input.checked ? whenOn : '') : input.value.trim());
      if (whenOn) this.redraw(input.id);
    });
    return row;
  }

  /** Other fields than before; the one somebody is in keeps the focus. */
  redraw(id) {
    this.draw();
    document.getElementById(id).focus();
  }

  write(element, name, value) {
    writeProperty(this.stack, element, name, value);
  }
}

const isProperties = (one) => one.$type === 'camunda:properties';

const propertiesOf = (element) => (element.extensionElements?.values ?? []).find(isProperties)?.$children ?? [];

/** An extension property, '' where there is none. */
export const property = (element, name) => propertiesOf(element).find((one) => one.name === name)?.value ?? '';

/** Write an extension property as one command that undo takes back; `shape` is what a drawing shows the element by. */
export function writeProperty(stack, element, name, value, shape = element) {
  stack.execute('element.updateProperties', { element: shape, properties: { extensionElements: extended(element, name, value) } });
}

/** The extension elements with this property, everything else in them as it was. */
function extended(element, name, value) {
  const model = element.$model;
  const kept = element.extensionElements?.values ?? [];
  const holder = kept.find(isProperties);
  const others = (holder?.$children ?? []).filter((one) => one.name !== name);
  const own = value ? [model.createAny('camunda:property', CAMUNDA, { name, value })] : [];
  const properties = model.createAny('camunda:properties', CAMUNDA, { $children: [...others, ...own] });
  const values = [...kept.filter((one) => one !== holder), ...(others.length + own.length ? [properties] : [])];
  if (!values.length) return undefined;
  const extension = model.create('dmn:ExtensionElements', { values });
  for (const one of values) one.$parent = extension;
  extension.$parent = element;
  return extension;
}

/** The texts an output may answer: its possible values, and whatever the file has a name for. */
function valuesOf(output) {
  const possible = [...(output.outputValues?.text ?? '').matchAll(TEXT)].map((one) => one[1]);
  const named = propertiesOf(output).filter((one) => NAMED_VALUE.test(one.name)).map((one) => one.name.replace(NAMED_VALUE, ''));
  return [...new Set([...possible, ...named])];
}
