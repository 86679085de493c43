// What can be drawn is what the engine runs (engine/definitions/lint_unsupported.py): the palette, the context pad and
// the menu of types offer nothing else. What a file has beyond that stays as it is and is named by the publish checks.

const REPLACEMENTS = new Set([
  'none-start', 'none-intermediate-throw', 'none-end', 'message-start', 'timer-start',
  'message-intermediate-catch', 'message-intermediate-throw', 'timer-intermediate-catch', 'escalation-intermediate-throw',
  'message-boundary', 'timer-boundary', 'escalation-boundary', 'error-boundary', 'non-interrupting-message-boundary',
  'non-interrupting-timer-boundary', 'non-interrupting-escalation-boundary',
  'message-end', 'escalation-end', 'error-end', 'terminate-end',
  'user-task', 'service-task', 'manual-task', 'rule-task', 'script-task', 'call-activity',
  'expanded-subprocess', 'subprocess', 'exclusive-gateway', 'parallel-gateway', 'inclusive-gateway',
  'sequence-flow', 'default-flow',
].map((name) => `replace-with-${name}`));
const TOGGLES = new Set(['toggle-parallel-mi', 'toggle-sequential-mi', 'toggle-non-interrupting']);
const LATE = 500;

const omit = (entries, ...names) => Object.fromEntries(Object.entries(entries).filter(([name]) => !names.includes(name)));

class Supported {
  constructor(palette, contextPad, popupMenu, elementRegistry, eventBus, injector, translate) {
    Object.assign(this, { elementRegistry, injector, translate });
    // One pool is enough: the palette is drawn anew when there is one.
    const anew = ({ element } = {}) => { if (!element || element.type === 'bpmn:Participant') eventBus.fire('i18n.changed'); };
    eventBus.on(['import.done', 'shape.added', 'shape.removed'], anew);
    // A pool around the process carries its name.
    eventBus.on('commandStack.shape.create.postExecuted', LATE, ({ context: { shape } }) => {
      const { processRef, name } = shape.businessObject;
      if (shape.type === 'bpmn:Participant' && processRef?.name && !name) injector.get('modeling').updateProperties(shape, { name: processRef.name });
    });
    palette.registerProvider(LATE, { getPaletteEntries: () => (entries) => this.palette(entries) });
    contextPad.registerProvider(LATE, { getContextPadEntries: (element) => (entries) => this.contextPad(element, entries) });
    popupMenu.registerProvider('bpmn-replace', LATE, {
      getPopupMenuEntries: (element) => (entries) => this.replacements(element, entries),
      getPopupMenuHeaderEntries: () => (entries) => Object.fromEntries(Object.entries(entries).filter(([name]) => TOGGLES.has(name))),
    });
  }

  palette(entries) {
    const { translate } = this;
    const create = (type, group, icon, title, options) => {
      const start = (event) => {
        const shape = this.injector.get('elementFactory').createShape({ type, ...options });
        this.injector.get('create').start(event, shape);
      };
      return { group, className: icon, title: translate(title), action: { dragstart: start, click: start } };
    };
    const hasPool = this.elementRegistry.filter((one) => one.type === 'bpmn:Participant').length > 0;
    const unwanted = ['create.data-object', 'create.data-store', 'create.group', 'create.task', 'create.intermediate-event'];
    return {
      ...omit(entries, ...unwanted, ...(hasPool ? ['create.participant-expanded'] : [])),
      'create.timer': create(
        'bpmn:IntermediateCatchEvent', 'event', 'bpmn-icon-intermediate-event-catch-timer',
        'Create timer intermediate catch event', { eventDefinitionType: 'bpmn:TimerEventDefinition' },
      ),
      'create.user-task': create('bpmn:UserTask', 'activity', 'bpmn-icon-user-task', 'Create user task'),
      'create.service-task': create('bpmn:ServiceTask', 'activity', 'bpmn-icon-service-task', 'Create service task'),
    };
  }

  contextPad(element, entries) {
    const kept = omit(
      entries, 'append.append-task', 'append.intermediate-event', 'append.receive-task', 'append.condition-intermediate-event',
      'append.signal-intermediate-event', 'append.compensation-activity',
    );
    if (!('append.append-task' in entries)) return kept;
    const { translate } = this;
    const append = (type, icon, title, options) => {
      const shape = () => this.injector.get('elementFactory').createShape({ type, ...options });
      return {
        group: 'model',
        className: icon,
        title: translate(title),
        action: {
          dragstart: (event, source) => this.injector.get('create').start(event, shape(), { source }),
          click: (_, source) => this.injector.get('autoPlace').append(source, shape()),
        },
      };
    };
    return {
      'append.user-task': append('bpmn:UserTask', 'bpmn-icon-user-task', 'Append user task'),
      'append.service-task': append('bpmn:ServiceTask', 'bpmn-icon-service-task', 'Append service task'),
      ...kept,
      'append.timer': append(
        'bpmn:IntermediateCatchEvent', 'bpmn-icon-intermediate-event-catch-timer', 'Append timer intermediate catch event',
        { eventDefinitionType: 'bpmn:TimerEventDefinition' },
      ),
    };
  }

  replacements(element, entries) {
    const leavesGateway = element.businessObject?.sourceRef?.$instanceOf?.('bpmn:Gateway');
    return Object.fromEntries(Object.entries(entries).filter(
      ([name]) => REPLACEMENTS.has(name) && (name !== 'replace-with-default-flow' || leavesGateway),
    ));
  }
}
Supported.$inject = ['palette', 'contextPad', 'popupMenu', 'elementRegistry', 'eventBus', 'injector', 'translate'];

// Who may not edit can look: nothing moves, nothing is written.
class Locking {
  constructor(eventBus, commandStack, canvas) {
    this.isLocked = false;
    this.canvas = canvas;
    const refuse = () => (this.isLocked ? false : undefined);
    eventBus.on(['element.dblclick', 'shape.move.start', 'create.start', 'connect.start', 'bendpoint.move.start', 'resize.start'], 20_000, refuse);
    eventBus.on('commandStack.canExecute', 20_000, refuse);
    const execute = commandStack.execute.bind(commandStack);
    commandStack.execute = (command, context) => (this.isLocked ? undefined : execute(command, context));
    for (const way of ['undo', 'redo']) {
      const step = commandStack[way].bind(commandStack);
      commandStack[way] = () => (this.isLocked ? undefined : step());
    }
  }

  lock(isLocked) {
    this.isLocked = isLocked;
    this.canvas.getContainer().classList.toggle('is-locked', isLocked);
  }
}
Locking.$inject = ['eventBus', 'commandStack', 'canvas'];

export const supportedModule = {
  __init__: ['supported', 'locking'],
  supported: ['type', Supported],
  locking: ['type', Locking],
};
