// The token simulation of bpmn-js: switched from the toolbar; what it writes in English is replaced by the reader's words.
import { isChinese, vendor } from './words.js';

const ITS_OWN = '.bts-palette, .bts-notifications, .bts-log, .bts-context-pad, .bts-set-animation-speed, .bts-scopes';

export function startSimulation(modeler, button, { onToggle }) {
  const container = modeler.get('canvas').getContainer();
  const toggle = modeler.get('toggleMode');
  modeler.get('eventBus').on('tokenSimulation.toggleMode', ({ active }) => {
    button.setAttribute('aria-pressed', String(active));
    onToggle(active);
  });
  button.addEventListener('click', () => toggle.toggleMode());
  if (!isChinese) return;
  const observer = new MutationObserver((records) => {
    for (const { addedNodes, target } of records) for (const node of [...addedNodes, target]) translateIn(node);
  });
  observer.observe(container, { childList: true, subtree: true, attributes: true, attributeFilter: ['title'] });
  for (const own of container.querySelectorAll(ITS_OWN)) translateIn(own);
}

function translateIn(node) {
  const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
  if (!element?.closest?.(ITS_OWN)) return;
  for (const one of [element, ...element.querySelectorAll('[title]')]) {
    const title = one.getAttribute?.('title');
    if (title && worded(title) !== title) one.setAttribute('title', worded(title));
  }
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim();
    if (text && worded(text) !== text) walker.currentNode.data = worded(text);
  }
}

/** Names of the diagram and numbers stay as they are. */
const worded = (text) => {
  const [, before, after] = text.match(/^(.*) (started|finished|canceled)$/) ?? [];
  if (before && `Process ${after}` in window.bpmnZh) return before === 'Process' ? window.bpmnZh[text] : `${before} ${window.bpmnZh[`Process ${after}`]}`;
  return text in window.bpmnZh ? vendor(text) : text;
};
