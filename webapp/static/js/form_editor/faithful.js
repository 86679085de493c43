// Keeps in a saved form what the author did not touch: the order of its keys, what the editor does not know, and what the
// editor adds by itself (ids, versions) stays out. A form nobody changed comes back character by character.

export class FaithfulForm {
  #text;
  #source;
  #pairs = new Map();

  /** `text` is the file, `imported` what the editor made of it before anybody touched it. */
  constructor(text, imported) {
    this.#text = text;
    this.#source = JSON.parse(text);
    this.#pair(this.#source, imported);
  }

  /** The file for what the editor holds now. */
  text(edited) {
    const merged = this.#merge(edited);
    if (same(merged, this.#source)) return this.#text;
    const indent = /^[[{]\r?\n([ \t]+)/.exec(this.#text)?.[1] ?? '  ';
    return JSON.stringify(merged, null, indent) + (this.#text.endsWith('\n') ? '\n' : '');
  }

  /** The editor gives every component a row; alone in it, a component that had none needs none. */
  #withoutOwnRows(components) {
    const used = components.map((one) => one.layout?.row);
    return components.map((one) => {
      const { row, columns, ...others } = one.layout ?? {};
      const isAlone = row && !columns && !Object.keys(others).length && used.indexOf(row) === used.lastIndexOf(row);
      if (!isAlone || this.#pairs.get(one.id)?.source.layout) return one;
      const { layout, ...kept } = one;
      return kept;
    });
  }

  #pair(source, imported) {
    this.#pairs.set(imported.id, { source, imported });
    (imported.components ?? []).forEach((inner, index) => this.#pair(source.components[index], inner));
  }

  #merge(edited) {
    const pair = this.#pairs.get(edited.id);
    const components = edited.components && this.#withoutOwnRows(edited.components).map((inner) => this.#merge(inner));
    const current = components ? { ...edited, components } : edited;
    if (!pair || pair.source.type !== edited.type) return current;
    const { source, imported } = pair;
    const merged = {};
    for (const key of Object.keys(source)) {
      if (key === 'components') merged.components = components;
      else if (same(current[key], imported[key])) merged[key] = source[key];
      else if (current[key] !== undefined) merged[key] = inOrderOf(source[key], current[key]);
    }
    for (const key of Object.keys(current)) {
      if (!(key in source) && current[key] !== undefined && !same(current[key], imported[key])) merged[key] = current[key];
    }
    return merged;
  }
}

/** The keys of `value` in the order in which `source` has them. */
function inOrderOf(source, value) {
  if (!isRecord(source) || !isRecord(value)) return value;
  const keys = [...Object.keys(source).filter((key) => key in value), ...Object.keys(value).filter((key) => !(key in source))];
  return Object.fromEntries(keys.map((key) => [key, value[key]]));
}

const isRecord = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether two JSON values say the same; a key without a value is none. */
export function same(one, other) {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => same(item, other[index]));
  }
  if (!isRecord(one) || !isRecord(other)) return one === other;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].every((key) => same(one[key], other[key]));
}
