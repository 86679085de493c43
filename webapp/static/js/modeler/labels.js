// The labels on the canvas: as modelled, or in English where an element has an English name. Only what is drawn differs:
// the renderer is handed a stand-in of the element, and the model is never written.
const EARLY = 1500;
const NARROWEST = 90;

/** Where the English name of an element stands: that of a pool with its process. */
export const englishHolder = ({ businessObject }) => businessObject?.processRef ?? businessObject;

/** The English name of an element, '' where there is none. */
export function englishName(element) {
  const lists = englishHolder(element)?.extensionElements?.get('values').filter((one) => one.$instanceOf?.('camunda:Properties')) ?? [];
  return lists.flatMap((list) => list.get('values')).find((one) => one.name === 'en')?.value ?? '';
}

class Labels {
  #isEnglish = false;

  constructor(eventBus, bpmnRenderer, elementRegistry, bpmnSearch) {
    Object.assign(this, { eventBus, elementRegistry });
    eventBus.on('render.shape', EARLY, (event, { gfx, element, attrs }) => {
      if (!this.#isEnglish || !englishName(element)) return undefined;
      return bpmnRenderer.drawShape(placed(gfx, element), standIn(element), attrs);
    });
    // What is read on the canvas is what is found.
    const search = bpmnSearch._search;
    bpmnSearch._search = (items, ...others) => search(items.map((one) => ({ ...one, label: this.of(one.element) || one.label })), ...others);
    // A label beside its element does not hear of what the panel writes into the element.
    eventBus.on('element.changed', ({ element }) => {
      if (this.#isEnglish) for (const label of element.labels ?? []) eventBus.fire('element.changed', { element: label });
    });
  }

  get isEnglish() { return this.#isEnglish; }

  /** What an element is called on the canvas. */
  of(element) { return (this.#isEnglish && englishName(element)) || element.businessObject?.name || ''; }

  show(isEnglish) {
    this.#isEnglish = isEnglish;
    this.eventBus.fire('elements.changed', { elements: this.elementRegistry.getAll() });
  }
}
Labels.$inject = ['eventBus', 'bpmnRenderer', 'elementRegistry', 'bpmnSearch'];

/** The element as the renderer sees it: its name in English; a label wide enough for words, which Chinese does not need. */
function standIn(element) {
  const businessObject = Object.create(element.businessObject, { name: { value: englishName(element) } });
  const width = element.type === 'label' ? Math.max(element.width, NARROWEST) : element.width;
  return Object.create(element, { businessObject: { value: businessObject }, width: { value: width } });
}

/** Where to draw: a label that became wider stays above the middle of what it names. */
function placed(gfx, element) {
  if (element.type !== 'label' || element.width >= NARROWEST) return gfx;
  const group = document.createElementNS('http://www.w3.org/2000/svg', 'g');
  group.setAttribute('transform', `translate(${(element.width - NARROWEST) / 2} 0)`);
  gfx.append(group);
  return group;
}

export const labelsModule = { __init__: ['labels'], labels: ['type', Labels] };
