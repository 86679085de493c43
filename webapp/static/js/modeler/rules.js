// The rules file of the change, through the API that leaves what did not change as it was written.
import { request } from '../changes/saving.js';

export class Rules {
  constructor(changeId, { onProblems }) {
    this.url = `/api/process-changes/${changeId}/rules`;
    this.onProblems = onProblems;
    this.all = { separation: [], completion: [] };
    this.revision = 0;
    this.editing = null; // {kind, rule, original}: the rule whose form is open
  }

  async load() {
    const { revision, separation, completion } = await (await request(this.url)).json();
    this.revision = revision;
    this.all = { separation, completion };
  }

  blank(kind, task) {
    const taken = new Set([...this.all.separation, ...this.all.completion].map((one) => one.key));
    let number = 1;
    while (taken.has(`rule_${number}`)) number += 1;
    const rule = { key: `rule_${number}`, zh: '', en: '', tasks: [task] };
    return kind === 'separation' ? { ...rule, bars: {} } : { ...rule, holds: '', field: '' };
  }

  /** Put a rule in, in the place of `original` if that is given. */
  save(kind, rule, original) {
    const place = this.all[kind].findIndex((one) => one.key === original);
    const list = place < 0 ? [...this.all[kind], rule] : this.all[kind].with(place, rule);
    return this.#put({ ...this.all, [kind]: list });
  }

  /** A rule is no longer about a task; without any task it is gone. */
  leave(kind, key, task) {
    const list = this.all[kind].map((one) => (one.key === key ? { ...one, tasks: one.tasks.filter((id) => id !== task) } : one));
    return this.#put({ ...this.all, [kind]: list.filter((one) => one.tasks.length) });
  }

  /** A step got another id: the rules go on to be about it. One renaming after the other, each over the last. */
  renamed(before, after) {
    const other = (ids) => ids.map((id) => (id === before ? after : id));
    this.#renaming = this.#renaming.then(async () => {
      const isNamed = (rule) => [...rule.tasks, ...(rule.bars?.completers_of ?? [])].includes(before);
      if (![...this.all.separation, ...this.all.completion].some(isNamed)) return;
      const separation = this.all.separation.map((rule) => ({
        ...rule,
        tasks: other(rule.tasks),
        bars: rule.bars.completers_of ? { ...rule.bars, completers_of: other(rule.bars.completers_of) } : rule.bars,
      }));
      const completion = this.all.completion.map((rule) => ({ ...rule, tasks: other(rule.tasks) }));
      await this.#put({ separation, completion });
    });
    return this.#renaming;
  }
  #renaming = Promise.resolve();

  async #put(all) {
    const body = JSON.stringify({ revision: this.revision, ...all });
    let answer;
    try {
      answer = await (await request(this.url, { method: 'PUT', body, headers: { 'Content-Type': 'application/json' } })).json();
    } catch (error) {
      // Somebody else changed the rules: what is saved next is put among theirs.
      if (error.code === 'change_moved_on') await this.load();
      throw error;
    }
    this.revision = answer.revision;
    this.all = { separation: answer.separation, completion: answer.completion };
    this.onProblems(answer.problems);
  }
}
