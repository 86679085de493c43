// Marks rows, columns and cells of the table. The table draws itself anew at every change, so the marks are rules of a
// stylesheet that name the elements, not classes on them.

export class Marks {
  #sheets = { problems: new CSSStyleSheet(), rows: new CSSStyleSheet() };

  constructor() {
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, ...Object.values(this.#sheets)];
  }

  /** Mark what the publish checks found; errors win over warnings. */
  problems(problems) {
    const rules = ['warning', 'error'].map((level) => rule(
      problems.filter((one) => one.level === level && one.element).map((one) => one.element),
      `box-shadow: inset 3px 0 0 ${level === 'error' ? '#d63939' : '#f59f00'};`,
    ));
    this.#sheets.problems.replaceSync(rules.join('\n'));
  }

  /** Mark the rules that match the tried row, those that decide more strongly. */
  rows(matching, deciding) {
    this.#sheets.rows.replaceSync([rule(matching, 'background: #eaf4ff;'), rule(deciding, 'background: #d3f3df;')].join('\n'));
  }
}

const rule = (ids, style) => {
  const selectors = ids.flatMap((id) => ['element', 'row', 'col'].map((kind) => `.dmn-decision-table-container td[data-${kind}-id="${CSS.escape(id)}"]`));
  return selectors.length ? `${selectors.join(',')} { ${style} }` : '';
};
