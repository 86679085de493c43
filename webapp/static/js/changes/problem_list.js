// The publish checks' findings on one file, as buttons that lead to the place. The page has the list, an element with
// [data-problem-items], [data-problem-none] and [data-problem-count] inside, and the words of the levels as data attributes.

export class ProblemList {
  constructor(place, { file, onChosen }) {
    this.place = place;
    this.file = file;
    this.onChosen = onChosen;
  }

  /** Ask for the findings; without an answer the list stays as the page has it. */
  async load(address, request) {
    const answer = await request(address).catch(() => null);
    if (answer) this.show((await answer.json()).problems);
  }

  /** Show those of this file. */
  show(problems) {
    const own = problems.filter((one) => one.file === this.file);
    this.place.querySelector('[data-problem-none]').hidden = own.length > 0;
    this.place.querySelector('[data-problem-count]').textContent = own.length || '';
    this.place.querySelector('[data-problem-items]').replaceChildren(...own.map((one) => this.#item(one)));
  }

  #item(problem) {
    const item = document.createElement('li');
    const button = document.createElement('button');
    button.type = 'button';
    button.className = `yz-problem yz-problem-${problem.level}`;
    const level = document.createElement('span');
    level.className = 'yz-problem-level';
    level.textContent = problem.level === 'error' ? this.place.dataset.textError : this.place.dataset.textWarning;
    button.append(level, ' ', problem.text);
    button.addEventListener('click', () => this.onChosen(problem));
    item.append(button);
    return item;
  }
}
