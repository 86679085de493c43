// One row tried on the table as it stands, saved or not; our engine decides it on the server.

const AFTER_MS = 400;

export class TriedRow {
  #timer;

  constructor({ read, decision, marks }) {
    Object.assign(this, { read, decision, marks });
    this.request = document.querySelector('[data-row-request]');
    // An answer may be older than the table: what is sent next is always the table as it stands.
    document.addEventListener('htmx:after:swap', async () => {
      this.mark();
      await this.#update();
    });
  }

  /** Ask again soon: columns may have come, gone or changed. */
  refresh() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      await this.#update();
      this.request.dispatchEvent(new Event('row'));
    }, AFTER_MS);
  }

  /** Show the answer in the table. */
  mark() {
    const answer = document.querySelector('#tried-row [data-matching]');
    this.marks.rows(listed(answer?.dataset.matching), listed(answer?.dataset.deciding));
  }

  async #update() {
    const form = document.getElementById('tried-row');
    form.elements._source.value = await this.read();
    const decision = this.decision();
    if (decision) form.elements._decision.value = decision;
  }
}

const listed = (text) => (text ?? '').split(' ').filter(Boolean);
