// A drawing for files that have none (those made by hand): each decision above what it requires.

const DI = 'https://www.omg.org/spec/DMN/20191111/DMNDI/';
const DC = 'http://www.omg.org/spec/DMN/20180521/DC/';
const DI_POINT = 'http://www.omg.org/spec/DMN/20180521/DI/';
const SIZES = { decision: [180, 80], inputData: [125, 45], knowledgeSource: [100, 63], businessKnowledgeModel: [135, 46] };
const GAP = { x: 60, y: 70 };

/** The file with a drawing, or null if it has one or cannot be read. */
export function withLayout(xml) {
  const file = new DOMParser().parseFromString(xml, 'application/xml');
  if (file.querySelector('parsererror') || file.getElementsByTagNameNS('*', 'DMNDI').length) return null;
  const root = file.documentElement;
  const elements = new Map([...root.children].filter((one) => one.localName in SIZES).map((one) => [one.id, one]));
  if (!elements.size) return null;
  [...file.querySelectorAll('informationRequirement, knowledgeRequirement, authorityRequirement')].forEach((one, index) => {
    if (!one.id) one.id = `requirement_${index + 1}`;
  });
  const requirements = [...elements.values()].flatMap((one) => required(one).map(([id, from]) => ({ id, from, to: one.id })));
  const places = arranged(elements, requirements);

  const drawing = file.createElementNS(DI, 'dmndi:DMNDI');
  const diagram = drawing.appendChild(file.createElementNS(DI, 'dmndi:DMNDiagram'));
  for (const [id, { x, y, width, height }] of places) {
    const shape = diagram.appendChild(file.createElementNS(DI, 'dmndi:DMNShape'));
    shape.setAttribute('dmnElementRef', id);
    const bounds = shape.appendChild(file.createElementNS(DC, 'dc:Bounds'));
    for (const [name, value] of Object.entries({ height, width, x, y })) bounds.setAttribute(name, value);
  }
  for (const { id, from, to } of requirements) {
    const [start, end] = [places.get(from), places.get(to)];
    if (!id || !start || !end) continue;
    const edge = diagram.appendChild(file.createElementNS(DI, 'dmndi:DMNEdge'));
    edge.setAttribute('dmnElementRef', id);
    for (const [x, y] of [[start.x + start.width / 2, start.y], [end.x + end.width / 2, end.y + end.height]]) {
      const point = edge.appendChild(file.createElementNS(DI_POINT, 'di:waypoint'));
      point.setAttribute('x', x);
      point.setAttribute('y', y);
    }
  }
  root.append(drawing);
  return new XMLSerializer().serializeToString(file);
}

/** What an element requires: the id of the requirement and of what is required. */
function required(element) {
  return [...element.children]
    .filter((one) => one.localName.endsWith('Requirement'))
    .flatMap((one) => [...one.children].map((inner) => [one.id, (inner.getAttribute('href') ?? '').slice(1)]));
}

/** A place for each element: what requires nothing at the bottom, the others above all they require. */
function arranged(elements, requirements) {
  const levels = new Map([...elements.keys()].map((id) => [id, 0]));
  for (let round = 0; round < elements.size; round += 1) {
    for (const { from, to } of requirements) {
      if (levels.has(from)) levels.set(to, Math.max(levels.get(to), levels.get(from) + 1));
    }
  }
  const top = Math.max(...levels.values());
  const used = new Map();
  const places = new Map();
  for (const [id, element] of elements) {
    const level = Math.min(levels.get(id), top);
    const [width, height] = SIZES[element.localName];
    const x = used.get(level) ?? 160;
    used.set(level, x + width + GAP.x);
    places.set(id, { x, y: 100 + (top - level) * (80 + GAP.y), width, height });
  }
  return places;
}
