// For editors without translations of their own: what they write around the author's work (palette, panel, menus) is
// translated as it appears; elsewhere stand the author's words, which are left alone. What is typed stands in inputs,
// never in texts.

const ATTRIBUTES = ['placeholder', 'title', 'aria-label'];
// Inside the chrome, these places show what the author wrote.
const AUTHORS = [
  '.cm-editor', '.bio-properties-panel-header-label', '.bio-properties-panel-collapsible-entry-header-title', 'pre',
  '[data-entry-id="defaultValue"] option:not([value=""], [value="true"], [value="false"])',
].join(', ');
const CHINESE = /\p{Script=Han}/u;

/** Translate everything inside `scopes` (a selector) by `words`; answers the set of texts it has no word for. */
export function translate(scopes, words) {
  const missing = new Set();
  if (!Object.keys(words).length) return missing;
  const patterns = Object.entries(words)
    .filter(([english]) => english.includes('{}'))
    .map(([english, own]) => [new RegExp(`^${english.split('{}').map(escaped).join('(.+)')}$`, 's'), own]);

  const word = (given) => {
    const text = given.trim().replace(/\s+/g, ' ');
    if (!/[A-Za-z]{2}/.test(text) || CHINESE.test(text)) return given;
    if (Object.hasOwn(words, text)) return given.replace(given.trim(), words[text]);
    for (const [pattern, own] of patterns) {
      const found = pattern.exec(text);
      if (found) return own.replace('{}', word(found[1]));
    }
    missing.add(text);
    return given;
  };

  const isOurs = (element) => element?.closest(scopes) && !element.closest(AUTHORS);
  const translateText = (node) => {
    if (!isOurs(node.parentElement) || node.parentElement.closest('style')) return;
    const own = word(node.data);
    if (own !== node.data) node.data = own;
  };
  const translateAttributes = (element) => {
    if (!isOurs(element)) return;
    for (const name of ATTRIBUTES) {
      const given = element.getAttribute(name);
      const own = given && word(given);
      if (own !== given) element.setAttribute(name, own);
    }
  };
  const translateTree = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return translateText(node);
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    translateAttributes(node);
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      if (walker.currentNode.nodeType === Node.TEXT_NODE) translateText(walker.currentNode);
      else translateAttributes(walker.currentNode);
    }
  };

  const observer = new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === 'characterData') translateText(change.target);
      else if (change.type === 'attributes') translateAttributes(change.target);
      else change.addedNodes.forEach(translateTree);
    }
  });
  observer.observe(document.body, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES,
  });
  translateTree(document.body);
  return missing;
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
