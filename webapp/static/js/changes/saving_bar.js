// What saving has to tell and to ask, above an editor: the state in words, who holds the lock, and the questions
// (restore what was kept here? which of two versions?). Pages include templates/components/saving.html, which has
// the places: [data-saving-state], [data-saving-lock], [data-saving-questions].
import { Saving, say } from './saving.js';

const find = (name) => document.querySelector(`[data-saving-${name}]`);

/** A started Saving whose states and questions show in the page. Options: as Saving's; `onLock` and the others still called. */
export async function startSaving(options) {
  const words = JSON.parse(document.getElementById('saving-words').textContent);
  const bar = new SavingBar(words);
  const saving = new Saving({
    ...options,
    words,
    onState(state, detail) { bar.state(state, detail); options.onState?.(state, detail); },
    onLock(lock) { bar.lock(lock); options.onLock?.(lock); },
  });
  bar.saving = saving;
  const kept = await saving.start();
  if (kept) bar.askRestore(kept);
  bar.offerAside();
  return saving;
}

class SavingBar {
  constructor(words) {
    this.words = words;
    this.saving = null;
  }

  state(state, { text }) {
    const place = find('state');
    place.textContent = text;
    place.dataset.state = state;
    if (state === 'conflict') {
      this.ask('conflict', this.words.conflict_question, [
        [this.words.keep_mine, async () => { await this.saving.keepMine(); this.offerAside(); }],
        [this.words.take_theirs, async () => { await this.saving.takeTheirs(); this.offerAside(); }],
      ]);
    }
  }

  lock(lock) {
    const place = find('lock');
    place.hidden = lock.is_mine;
    if (lock.is_mine) return place.replaceChildren();
    place.replaceChildren(lock.text, ' ');
    if (!lock.editor) return;
    const button = this.button(this.words.take_over, async () => { await this.saving.hold({ takeOver: true }); });
    place.append(button);
  }

  askRestore(kept) {
    const at = new Date(kept.at).toLocaleString(document.documentElement.lang);
    this.ask('restore', say(this.words.restore_question, { at }), [
      [this.words.restore, async () => { await this.saving.restore(); this.offerAside(); }],
      [this.words.discard, () => { this.saving.discard(); this.offerAside(); }],
    ]);
  }

  offerAside() {
    const aside = this.saving.aside;
    if (!aside) return;
    const question = this.ask('aside', this.words.set_aside, [[this.words.forget, () => this.saving.forgetAside()]]);
    const link = document.createElement('a');
    link.className = 'btn btn-sm';
    link.textContent = this.words.download;
    link.href = URL.createObjectURL(new Blob([aside.content]));
    link.download = `${aside.at.slice(0, 19).replaceAll(':', '')}.txt`;
    question.querySelector('button').before(link);
  }

  /** A question with its answers; one of each kind at a time, gone once answered. */
  ask(kind, text, answers) {
    const place = find('questions');
    place.querySelector(`[data-question="${kind}"]`)?.remove();
    const question = document.createElement('div');
    question.className = 'yz-editor-question';
    question.dataset.question = kind;
    const sentence = document.createElement('span');
    sentence.textContent = text;
    question.append(sentence);
    for (const [label, action] of answers) {
      question.append(this.button(label, async () => {
        question.remove();
        await action();
      }));
    }
    place.append(question);
    return question;
  }

  button(label, action) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn btn-sm';
    button.textContent = label;
    button.addEventListener('click', action);
    return button;
  }
}
