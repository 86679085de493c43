// What everything has (names, id, notes), and the process, the lanes, the flows and the events.
import { check, choices, group, note, select, text } from './fields.js';
import { eventOf, is } from './model.js';
import { t } from './words.js';

const NAMED = ['bpmn:FlowElement', 'bpmn:Lane', 'bpmn:Participant'];
const RESERVED = new Set(['Start', 'End', 'Root']);

export function generalGroup(element, { model, panel }) {
  if (is(element, 'bpmn:TextAnnotation')) {
    const write = (value) => panel.quietly(() => model.modeling.updateLabel(element, value));
    return group('general', t('general'), text('text', t('annotation'), element.businessObject.text ?? '', write, { rows: 3 }));
  }
  if (!is(element, ...NAMED) || is(element, 'bpmn:Participant')) return null;
  const holder = element.businessObject;
  const hint = is(element, 'bpmn:SequenceFlow') ? t('flow_name_hint') : null;
  return group('general', t('general'),
    text('name', t('name_zh'), holder.name ?? '', (value) => panel.quietly(() => model.set(element, { name: value || undefined })), { hint }),
    property(element, holder, 'en', t('name_en'), { model, panel }),
    text('id', t('id'), holder.id, (value) => rename(element, value, { model, panel }), { hint: t('id_hint'), isSlow: true }),
    documentation(element, holder, { model, panel }));
}

function rename(element, value, { model, panel }) {
  const field = panel.host.querySelector('#panel-id');
  const isUsable = /^[A-Za-z_][\w.-]*$/.test(value) && !RESERVED.has(value) && !model.registry.get(value);
  field?.classList.toggle('is-invalid', !isUsable);
  field?.setAttribute('aria-invalid', String(!isUsable));
  if (isUsable) model.set(element, { id: value });
}

/** A field for an extension property. */
export function property(element, holder, name, label, { model, panel }, options = {}) {
  const write = (value) => panel.quietly(() => model.setProperty(element, holder, name, value));
  return text(`property-${name}`, label, model.property(holder, name), write, options);
}

function documentation(element, holder, { model, panel }) {
  const write = (value) => panel.quietly(() => model.setOn(element, holder, {
    documentation: value ? [model.create('bpmn:Documentation', { text: value }, holder)] : [],
  }));
  return text('documentation', t('documentation'), holder.get('documentation')[0]?.text ?? '', write, { rows: 2 });
}

/** The process, shown for the canvas and for its pool. */
export function processGroup(element, { model, panel, options }) {
  if (!is(element, 'bpmn:Process', 'bpmn:Collaboration', 'bpmn:Participant')) return null;
  const found = model.process();
  if (!found) return null;
  const { element: shape, holder } = found;
  const set = (attributes) => panel.quietly(() => model.setOn(shape, holder, attributes));
  const setArea = (value) => panel.quietly(() => model.setProperty(shape, holder, 'area', value));
  const starters = listed(holder.get('camunda:candidateStarterGroups'));
  return group('process', t('process'),
    text('process-name', t('name_zh'), holder.name ?? '', (value) => panel.quietly(() => nameProcess(value, found, model))),
    property(shape, holder, 'en', t('name_en'), { model, panel }),
    note(t('process_key', { key: holder.id })),
    select('process-area', t('area'), model.property(holder, 'area'), options.groups, setArea),
    property(shape, holder, 'title', t('title'), { model, panel }, { feel: 'value', hint: t('title_hint') }),
    choices('starters', t('starters'), starters, options.groups, (values) => set({ 'camunda:candidateStarterGroups': values.join(',') || undefined }), { hint: t('starters_hint') }),
    text('process-version', t('version_tag'), holder.get('camunda:versionTag') ?? '', (value) => set({ 'camunda:versionTag': value || undefined })),
    check('executable', t('executable'), holder.isExecutable !== false, (value) => set({ isExecutable: value })),
    documentation(shape, holder, { model, panel }));
}

/** A pool carries its process's name. */
function nameProcess(value, { element, holder }, model) {
  const name = value || undefined;
  const steps = [() => model.setOn(element, holder, { name })];
  if (element.type === 'bpmn:Participant') steps.push(() => model.set(element, { name }));
  model.together(...steps);
}

/** The parts of a text with commas. */
export const listed = (value) => (value ?? '').split(',').map((one) => one.trim()).filter(Boolean);

export function laneGroup(element, { model, panel, options }) {
  if (!is(element, 'bpmn:Lane')) return null;
  const holder = element.businessObject;
  const write = (value) => panel.quietly(() => model.setProperty(element, holder, 'group', value));
  return group('lane', t('lane'), select('lane-group', t('lane_group'), model.property(holder, 'group'), options.groups, write, { hint: t('lane_group_hint') }));
}

/** When a case takes this way. */
export function conditionGroup(element, { model, panel }) {
  const holder = element.businessObject;
  const gateway = holder.sourceRef;
  if (!is(element, 'bpmn:SequenceFlow') || !['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway'].includes(gateway?.$type)) return null;
  const isDefault = gateway.default === holder;
  const source = element.source;
  const makeDefault = (yes) => model.together(
    () => model.set(source, { default: yes ? holder : undefined }),
    () => { if (yes && holder.conditionExpression) model.set(element, { conditionExpression: undefined }); },
  );
  const write = (value) => panel.quietly(() => model.setBody(element, holder, 'conditionExpression', value));
  return group('condition', t('condition'),
    check('default', t('default_flow'), isDefault, makeDefault, { hint: t('default_flow_hint') }),
    isDefault ? null : text('condition', t('condition_when'), model.body(holder, 'conditionExpression'), write, { feel: 'expression', rows: 3, hint: t('condition_hint') }));
}

/** Whether an event at a step breaks the step off. */
export function boundaryGroup(element, { model }) {
  if (!is(element, 'bpmn:BoundaryEvent') || eventOf(element, 'Error')) return null;
  const write = (yes) => model.set(element, { cancelActivity: yes });
  return group('boundary', t('boundary'), check('interrupting', t('interrupting'), element.businessObject.cancelActivity !== false, write, { hint: t('interrupting_hint') }));
}

const REFERENCES = {
  Message: ['messageRef', 'bpmn:Message'],
  Error: ['errorRef', 'bpmn:Error'],
  Escalation: ['escalationRef', 'bpmn:Escalation'],
};

/** Which message, error or escalation an event is about. */
export function eventGroup(element, { model, panel }) {
  const kind = Object.keys(REFERENCES).find((one) => eventOf(element, one));
  if (!kind) return null;
  const [reference, type] = REFERENCES[kind];
  const definition = eventOf(element, kind);
  const holder = element.businessObject;
  const known = model.declared(type).map((one) => ({ value: one.name ?? '', label: '' })).filter((one) => one.value);
  const throws = is(element, 'bpmn:ThrowEvent') && kind === 'Message';
  return group('event', t(`event_${kind}`),
    text('reference', t(`event_${kind}_name`), definition.get(reference)?.name ?? '', (value) => model.refer(element, definition, reference, type, value), { list: known, hint: t(`event_${kind}_hint`), isSlow: true }),
    throws ? property(element, holder, 'correlationKey', t('correlation_key'), { model, panel }, { feel: 'value', hint: t('correlation_key_hint') }) : null);
}
