// The words of the editor, which the page renders in the reader's language, and those of bpmn-js.
import { say } from '../changes/saving.js';

const block = JSON.parse(document.getElementById('modeler-words').textContent);
export const isChinese = document.documentElement.lang.startsWith('zh');

/** A text of webapp/modeler_words.py with its {places} filled in. */
export const t = (key, values) => {
  if (!(key in block)) throw new Error(`no word ${key}`);
  return say(block[key], values);
};

export const has = (key) => key in block;

/** What bpmn-js would have said in English; the browser tests demand that this stays empty. */
export const untranslated = new Set();

export function vendor(text) {
  if (!isChinese) return text;
  if (!(text in window.bpmnZh)) untranslated.add(text);
  return window.bpmnZh[text] ?? text;
}

export const translateModule = {
  translate: ['value', (text, values = {}) => vendor(text).replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all)],
};
