// The second language of a form in the panel: form-js knows one text per label, the English ones lie in `properties` (see
// docs/forms.md) and beside the labels of options and columns.

const INPUTS = ['textfield', 'textarea', 'number', 'datetime', 'checkbox', 'checklist', 'radio', 'select', 'taglist', 'filepicker'];
const LABELLED = [...INPUTS, 'group', 'dynamiclist', 'table', 'expression'];
const PROPERTIES_HERE = ['zh', 'en', 'en_description', 'en_text', 'en_content', 'en_alt', 'en_patternErrorMessage', 'en_prefixAdorner', 'en_suffixAdorner'];

/** A module for the editor; `words` are the page's. */
export function languagesModule(words) {
  class Languages {
    constructor(propertiesPanel, modeling) {
      this.modeling = modeling;
      propertiesPanel.registerProvider(this, 500);
    }

    getGroups(field) {
      return (groups) => {
        const own = { id: 'languages', label: field.type === 'default' ? words.form : words.english, entries: this.entries(field) };
        if (field.type === 'default') return [own];
        const kept = groups.map(withoutOwnProperties).filter(Boolean);
        if (!own.entries.length) return kept;
        const after = kept.findIndex((group) => group.id === 'general') + 1;
        return [...kept.slice(0, after), own, ...kept.slice(after)];
      };
    }

    entries(field) {
      const { TextFieldEntry, TextAreaEntry, isTextAreaEntryEdited, isTextFieldEntryEdited } = window.formEditorPanel;
      return [...this.texts(field)].map(({ long, ...one }) => ({
        component: long ? TextAreaEntry : TextFieldEntry,
        isEdited: long ? isTextAreaEntryEdited : isTextFieldEntryEdited,
        element: field,
        debounce: (write) => write,
        ...one,
      }));
    }

    * texts(field) {
      if (field.type === 'default') {
        yield { id: 'title-zh', label: words.title_zh, getValue: () => field.name ?? '', setValue: (value) => this.write(field, 'name', value) };
        yield this.property(field, 'en', words.title_en);
        return;
      }
      if (field.type === 'expression') yield this.property(field, 'zh', words.label_zh);
      if (LABELLED.includes(field.type)) yield this.property(field, 'en', words.label_en);
      if (INPUTS.includes(field.type)) yield this.property(field, 'en_description', words.description_en);
      if (field.type === 'text') yield { ...this.property(field, 'en_text', words.text_en), long: true, rows: 4, autoResize: true };
      if (field.type === 'html') yield { ...this.property(field, 'en_content', words.text_en), long: true, rows: 4, autoResize: true };
      if (field.type === 'image') yield this.property(field, 'en_alt', words.alt_en);
      if (field.validate?.pattern) yield this.property(field, 'en_patternErrorMessage', words.pattern_message_en);
      if (field.appearance?.prefixAdorner) yield this.property(field, 'en_prefixAdorner', words.prefix_en);
      if (field.appearance?.suffixAdorner) yield this.property(field, 'en_suffixAdorner', words.suffix_en);
      yield* this.rows(field, 'values', words.option_en);
      yield* this.rows(field, 'columns', words.column_en);
    }

    property(field, name, label) {
      return {
        id: `property-${name}`,
        label,
        getValue: () => field.properties?.[name] ?? '',
        setValue: (value) => {
          const { [name]: _, ...others } = field.properties ?? {};
          const properties = value ? { ...field.properties, [name]: value } : others;
          this.write(field, 'properties', Object.keys(properties).length ? properties : undefined);
        },
      };
    }

    /** One text for each option of a choice or column of a table. */
    * rows(field, key, label) {
      const rows = Array.isArray(field[key]) ? field[key] : [];
      for (const [index, row] of rows.entries()) {
        yield {
          id: `${key}-${index}-en`,
          label: label.replace('{name}', row.label ?? row.value ?? row.key ?? index + 1),
          getValue: () => field[key]?.[index]?.label_en ?? '',
          setValue: (value) => {
            const changed = field[key].map((one, number) => (number === index ? { ...one, label_en: value || undefined } : one));
            this.write(field, key, changed);
          },
        };
      }
    }

    write(field, key, value) { this.modeling.editFormField(field, key, value || undefined); }
  }
  Languages.$inject = ['propertiesPanel', 'modeling'];
  return { __init__: ['languages'], languages: ['type', Languages] };
}

/** The free properties without those that have a field of their own here; null when nothing is left to add or show. */
function withoutOwnProperties(group) {
  if (group.id !== 'custom-values') return group;
  return { ...group, items: group.items.filter((item) => !PROPERTIES_HERE.includes(item.label)) };
}

/** A module that offers only the components our forms can have; others are still shown where a form has them. */
export function paletteModule(types, beginnings) {
  const restrict = (formFields) => {
    const all = formFields._formFields;
    formFields.get = (type) => all[type];
    formFields._formFields = Object.fromEntries(Object.entries(all).filter(([type]) => type === 'default' || types.includes(type)));
  };
  restrict.$inject = ['formFields'];
  const begin = (fieldFactory) => {
    const create = fieldFactory.create.bind(fieldFactory);
    fieldFactory.create = (given, isNew = true) => create(isNew ? { ...structuredClone(beginnings[given.type]), ...given } : given, isNew);
  };
  begin.$inject = ['fieldFactory'];
  return { __init__: [restrict, begin] };
}
