// Reads and writes what stands behind an element. Every write is one command of bpmn-js, so that undo takes it back.

const CAMUNDA_PROPERTIES = 'camunda:Properties';
const CAMUNDA_INPUT_OUTPUT = 'camunda:InputOutput';

export class Model {
  constructor(modeler) {
    this.modeling = modeler.get('modeling');
    this.factory = modeler.get('bpmnFactory');
    this.canvas = modeler.get('canvas');
    this.registry = modeler.get('elementRegistry');
    this.commands = modeler.get('commandStack');
    this.commands.registerHandler('yunzhi.together', Together);
    this.modeler = modeler;
  }

  /** Several writes that one undo takes back. */
  together(...steps) { this.commands.execute('yunzhi.together', { steps }); }

  /** Attributes of the element itself; undefined takes one away. */
  set(element, attributes) { this.modeling.updateProperties(element, attributes); }

  /** Attributes of something inside the element, such as its timer. */
  setOn(element, holder, attributes) { this.modeling.updateModdleProperties(element, holder, attributes); }

  create(type, attributes, parent) {
    const made = this.factory.create(type, attributes);
    made.$parent = parent;
    return made;
  }

  /** The text of a child such as `conditionExpression`; an empty one is taken away. */
  body(holder, name) { return holder.get(name)?.body ?? ''; }
  setBody(element, holder, name, text, others = {}) {
    const expression = text ? this.create('bpmn:FormalExpression', { body: text }, holder) : undefined;
    this.setOn(element, holder, { ...others, [name]: expression });
  }

  /** An extension property (`camunda:property`), '' where there is none. */
  property(holder, name) { return this.#properties(holder).find((one) => one.name === name)?.value ?? ''; }
  setProperty(element, holder, name, value) {
    const found = this.#properties(holder).find((one) => one.name === name);
    if (found && value) return this.setOn(element, found, { value });
    if (!found && !value) return undefined;
    const make = (list) => this.create('camunda:Property', { name, value }, list);
    return this.#listed(element, holder, CAMUNDA_PROPERTIES, 'values', found, value ? make : null);
  }

  /** What a service task hands to its topic (`camunda:inputParameter`). */
  inputs(holder) { return this.#extension(holder, CAMUNDA_INPUT_OUTPUT)?.get('inputParameters') ?? []; }
  input(holder, name) { return this.inputs(holder).find((one) => one.name === name)?.value ?? ''; }
  setInput(element, holder, name, value) {
    const found = this.inputs(holder).find((one) => one.name === name);
    if (found && value) return this.setOn(element, found, { value });
    if (!found && !value) return undefined;
    const make = (list) => this.create('camunda:InputParameter', { name, value }, list);
    return this.#listed(element, holder, CAMUNDA_INPUT_OUTPUT, 'inputParameters', found, value ? make : null);
  }

  /** The process of the diagram and the shape through which it is written: its pool, or the canvas. */
  process() {
    const root = this.canvas.getRootElement();
    if (root.businessObject?.$instanceOf?.('bpmn:Process')) return { element: root, holder: root.businessObject };
    const pools = this.registry.filter((one) => one.type === 'bpmn:Participant' && one.businessObject.processRef);
    const pool = pools.find((one) => one.businessObject.processRef.isExecutable !== false) ?? pools[0];
    return pool ? { element: pool, holder: pool.businessObject.processRef } : null;
  }

  /** The definitions' own elements of a type: messages, errors, escalations. */
  declared(type) { return this.modeler.getDefinitions().get('rootElements').filter((one) => one.$type === type); }

  /** Let an event name a message, error or escalation, which is declared if nothing of that name is. */
  refer(element, definition, reference, type, name) {
    if (!name) return this.setOn(element, definition, { [reference]: undefined });
    const known = this.declared(type).find((one) => one.name === name);
    if (known) return this.setOn(element, definition, { [reference]: known });
    const definitions = this.modeler.getDefinitions();
    const code = { 'bpmn:Error': { errorCode: name }, 'bpmn:Escalation': { escalationCode: name } }[type] ?? {};
    const made = this.create(type, { name, ...code }, definitions);
    return this.together(
      () => this.setOn(element, definitions, { rootElements: [...definitions.get('rootElements'), made] }),
      () => this.setOn(element, definition, { [reference]: made }),
    );
  }

  #properties(holder) { return this.#extension(holder, CAMUNDA_PROPERTIES)?.get('values') ?? []; }

  #extension(holder, type) {
    return holder.extensionElements?.get('values').find((one) => one.$instanceOf?.(type));
  }

  /** Add (`make`) or remove (`found`) a member of a list in the extension elements; empty shells go with the last one. */
  #listed(element, holder, type, attribute, found, make) {
    const extensions = holder.extensionElements;
    const list = this.#extension(holder, type);
    if (make) {
      if (list) return this.setOn(element, list, { [attribute]: [...list.get(attribute), make(list)] });
      const made = this.create(type, {}, extensions);
      made.set(attribute, [make(made)]);
      if (extensions) return this.setOn(element, extensions, { values: [...extensions.get('values'), made] });
      const shell = this.create('bpmn:ExtensionElements', { values: [made] }, holder);
      made.$parent = shell;
      return this.setOn(element, holder, { extensionElements: shell });
    }
    const rest = list.get(attribute).filter((one) => one !== found);
    const others = extensions.get('values').filter((one) => one !== list);
    const isEmpty = rest.length === 0 && type === CAMUNDA_PROPERTIES;
    if (!isEmpty) return this.setOn(element, list, { [attribute]: rest });
    if (others.length) return this.setOn(element, extensions, { values: others });
    return this.setOn(element, holder, { extensionElements: undefined });
  }
}

class Together {
  preExecute({ steps }) { for (const step of steps) step(); }
}

export const is = (element, ...types) => types.some((type) => element.businessObject?.$instanceOf?.(type));

/** The event definition of a kind (`Timer`, `Message` …), or undefined. */
export const eventOf = (element, kind) => (element.businessObject.get?.('eventDefinitions') ?? [])
  .find((one) => one.$type === `bpmn:${kind}EventDefinition`);
