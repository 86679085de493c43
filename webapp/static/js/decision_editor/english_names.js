// Whoever reads English sees the English names that the file gives its decisions and columns; what has none is shown as it
// stands. The name of a decision is written where it stands, so there what is typed is the English name as well. The Chinese
// name of a column is written in the field of its menu, which says so.
import { property, writeProperty } from './names.js';

const EARLY = 1500;
const COLUMNS = { 'input-header': 'input', 'output-header': 'output' };
const TITLES = new Set(['table.before', 'viewer']);
const seen = new WeakSet();

export const englishName = (element) => property(element, 'en');

/** What is drawn in place of an element: the same under another name. */
const standIn = (element, name, value) => Object.create(element, {
  [name]: { value },
  get: { value: (asked) => (asked === name ? value : element.get(asked)) },
});

/** The heads of the columns and the title above. Components are met when the table asks for them: before, there is no table. */
class EnglishTable {
  constructor(components, commandStack) {
    for (const way of ['getComponent', 'getComponents']) {
      const find = components[way].bind(components);
      components[way] = (place, context) => {
        const found = find(place, context);
        for (const one of [found].flat().filter(Boolean)) this.meet(place, one, context, commandStack);
        return found;
      };
    }
  }

  meet(place, component, context, commandStack) {
    const column = place === 'cell' ? COLUMNS[context?.cellType] : undefined;
    const decisionOf = TITLES.has(place) ? component.prototype?.getBusinessObject ?? component.prototype?.getDecision : undefined;
    if (column) drawnAs(component, (one) => headed(one, column));
    if (decisionOf) drawnAs(component, (one) => titled(one, decisionOf.call(one), commandStack));
  }
}
EnglishTable.$inject = ['components', 'commandStack'];

/** Let a component draw what its stand-in says, once for each component. */
function drawnAs(component, inPlaceOf) {
  if (seen.has(component)) return;
  seen.add(component);
  const { render } = component.prototype;
  component.prototype.render = function renderInEnglish() { return render.call(inPlaceOf(this)); };
}

/** The head of a column; what lies in the head, such as the handle that makes it wider, works on the column itself. */
function headed(head, kind) {
  const { props } = head;
  const column = props[kind];
  const name = englishName(column);
  if (!name) return head;
  return Object.create(head, {
    props: { value: { ...props, [kind]: standIn(column, 'label', name) } },
    slotFills: { value: (asked) => head.slotFills({ ...asked, col: column }) },
  });
}

function titled(title, decision, commandStack) {
  const shown = () => standIn(decision, 'name', englishName(decision) || decision.name);
  const write = (text) => { if (text.trim()) writeProperty(commandStack, decision, 'en', text.trim()); };
  return Object.create(title, {
    getBusinessObject: { value: shown },
    getDecision: { value: shown },
    setDecisionTableName: { value: write },
    setDecisionName: { value: write },
  });
}

/** The decisions in the drawing of their relations. */
class EnglishRelations {
  constructor(eventBus, drdRenderer, labelEditingProvider, commandStack) {
    eventBus.on('render.shape', EARLY, (event, { gfx, element }) => {
      const name = englishName(element.businessObject);
      if (!name) return undefined;
      const businessObject = standIn(element.businessObject, 'name', name);
      return drdRenderer.drawShape(gfx, Object.create(element, { businessObject: { value: businessObject } }));
    });
    const provider = labelEditingProvider;
    const [activate, update] = [provider.activate.bind(provider), provider.update.bind(provider)];
    const isDecision = ({ businessObject }) => businessObject.$instanceOf('dmn:Decision') && businessObject.name !== undefined;
    provider.activate = (element) => {
      const context = activate(element);
      return context && isDecision(element) ? { ...context, text: englishName(element.businessObject) || context.text } : context;
    };
    provider.update = (element, text, before, bounds) => {
      if (!isDecision(element)) update(element, text, before, bounds);
      else if (text.trim() && text !== before) writeProperty(commandStack, element.businessObject, 'en', text.trim(), element);
    };
  }
}
EnglishRelations.$inject = ['eventBus', 'drdRenderer', 'labelEditingProvider', 'commandStack'];

const moduleOf = (name, type) => [{ __init__: [name], [name]: ['type', type] }];
const table = moduleOf('englishTable', EnglishTable);

/** What each kind of view is given for English readers. */
export const inEnglish = { drd: moduleOf('englishRelations', EnglishRelations), decisionTable: table, literalExpression: table };
