// A double click writes the name that is read. bpmn-js writes the name as modelled; while the canvas shows English names,
// what is typed is the English one, so that nobody loses the Chinese name by writing over it. What has no name at all gets
// the modelled one first: that is what gives an event or a gateway its label.
import { englishHolder } from './labels.js';

/** Let direct editing follow what the canvas shows; `model` writes, as one command that undo takes back. */
export function startLabelEditing(modeler, model) {
  const [provider, labels] = [modeler.get('labelEditingProvider'), modeler.get('labels')];
  const activate = provider.activate.bind(provider);
  const update = provider.update.bind(provider);
  const isRead = ({ businessObject }) => labels.isEnglish && businessObject.name !== undefined && !businessObject.$instanceOf('bpmn:TextAnnotation');

  provider.activate = (element) => {
    const context = activate(element);
    return context && isRead(element) ? { ...context, text: labels.of(element) } : context;
  };
  provider.update = (element, text, before, bounds) => {
    const target = element.labelTarget ?? element;
    if (!isRead(target)) update(element, text, before, bounds);
    else if (text !== before) model.setProperty(target, englishHolder(target), 'en', text.trim());
  };
}
