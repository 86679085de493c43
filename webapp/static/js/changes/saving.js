// Saves one file of a process change while somebody works on it, and holds the lock on the change.
//
//   const saving = new Saving({
//     changeId, name, revision,        // the revision the page shows (0: a new file)
//     content,                         // what the server holds at that revision; "" for a new file
//     read: async () => string,        // what the editor holds now
//     load: async (content) => {},     // shows other content in the editor (theirs, or what was kept here)
//     mayEdit,                         // false: somebody who may only look; the lock is not asked for
//     words,                           // the JSON block #saving-words, see webapp/saving_words.py
//     onState(state, detail) {},       // detail: {text, …}; states: saved, unsaved, saving, offline, signed_out, refused, conflict
//     onLock(lock) {},                 // {is_mine, editor, seen_at, text}: only whoever holds the lock may edit
//     onProblems(problems) {},         // the publish checks' findings after each save
//   });
//   await saving.start();              // takes the lock, says what was kept here from the last time
//   saving.touch();                    // after every change somebody made; never because a page was opened
//   await saving.flush();              // save now; true once the server has everything
//   saving.stop();                     // releases the lock
//
// What the server does not have yet lies in localStorage. Nobody's work is thrown away: of two versions that meet, the one
// not taken is set aside and can be downloaded (see saving_bar.js, which asks the questions).

const SAVE_AFTER_MS = 1500;
const KEEP_AFTER_MS = 300;
const HEARTBEAT_MS = 20_000;
const ANSWER_WITHIN_MS = 30_000;
const RETRY_AFTER_MS = [2_000, 5_000, 10_000, 20_000];

/** A request to the API of the changes, with the page's token; refused answers become `RequestRefused`. */
export async function request(address, { method = 'GET', body, headers = {}, keepalive = false } = {}) {
  const answer = await fetch(address, {
    method,
    body,
    keepalive,
    credentials: 'same-origin',
    redirect: 'error',
    headers: { Accept: 'application/json', 'X-CSRFToken': token(), ...headers },
    signal: keepalive ? undefined : AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  if (!answer.ok) throw new RequestRefused(answer.status, await answer.json().catch(() => null));
  return answer;
}

export class RequestRefused extends Error {
  constructor(status, body) {
    super(body?.message ?? String(status));
    this.status = status;
    this.code = body?.code ?? '';
    this.details = body?.details ?? {};
  }
}

const token = () => JSON.parse(document.body.getAttribute('hx-headers:inherited') ?? '{}')['X-CSRFToken'] ?? '';

/** A sentence of the page's words with its {places} filled in. */
export const say = (text, values = {}) => text.replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all);

export class Saving {
  #options;
  #url;
  #revision;
  #savedContent;
  #edits = 0;
  #savedEdits = 0;
  #failures = 0;
  #running = null;
  #timers = {};
  #lock = null;
  #state = 'saved';
  #stopped = false;
  #isKept = true;

  constructor(options) {
    this.#options = { mayEdit: true, onState() {}, onLock() {}, onProblems() {}, ...options };
    this.#url = `/api/process-changes/${options.changeId}`;
    this.#revision = options.revision;
    this.#savedContent = options.content;
  }

  get state() { return this.#state; }
  get lock() { return this.#lock; }
  get revision() { return this.#revision; }

  /** Take the lock and watch the page; answers what was kept here of an earlier visit: {content, revision, at} or null. */
  async start() {
    addEventListener('online', this.#onOnline);
    addEventListener('pagehide', this.#onLeave);
    addEventListener('beforeunload', this.#onUnload);
    document.addEventListener('visibilitychange', this.#onHide);
    if (this.#options.mayEdit) await this.hold();
    else this.#locked({ is_mine: false, editor: '' });
    this.#show('saved');
    const kept = this.#stored('unsaved');
    if (kept && kept.content === this.#savedContent) this.#store('unsaved', null);
    return this.#stored('unsaved');
  }

  /** Somebody changed something. */
  touch() {
    this.#edits += 1;
    if (this.#state !== 'conflict') this.#show('unsaved');
    this.#after('keep', KEEP_AFTER_MS, () => this.#keep());
    this.#after('save', SAVE_AFTER_MS, () => this.flush());
  }

  /** Save what is not saved; true when the server has everything. */
  async flush() {
    clearTimeout(this.#timers.save);
    while (this.#edits > this.#savedEdits && !this.#stopped) {
      if (this.#state === 'conflict' || !this.#lock?.is_mine) return false;
      const before = this.#savedEdits;
      this.#running ??= this.#save().finally(() => { this.#running = null; });
      await this.#running;
      if (this.#savedEdits === before) return false;
    }
    return this.#edits === this.#savedEdits;
  }

  /** Save nothing more and let others edit. */
  stop() {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    removeEventListener('online', this.#onOnline);
    removeEventListener('pagehide', this.#onLeave);
    removeEventListener('beforeunload', this.#onUnload);
    document.removeEventListener('visibilitychange', this.#onHide);
    this.#release();
  }

  /** Take or keep the lock; a lock that comes back to us brings what others saved meanwhile. */
  async hold({ takeOver = false } = {}) {
    const had = this.#lock;
    let lock;
    try {
      const answer = await request(`${this.#url}/lock`, {
        method: 'POST',
        body: JSON.stringify({ take_over: takeOver }),
        headers: { 'Content-Type': 'application/json' },
      });
      lock = await answer.json();
    } catch (error) {
      // A server that is in trouble, or a session that ended, takes the lock from nobody.
      if (!(error instanceof RequestRefused) || error.status >= 500 || error.status === 401) lock = had;
      else lock = { is_mine: false, editor: error.details.editor ?? '', reason: error.status === 409 ? '' : error.message };
    }
    this.#after('heartbeat', HEARTBEAT_MS, () => this.hold());
    if (!lock || this.#stopped) return;
    if (had && !had.is_mine && lock.is_mine) {
      this.#lock = { ...lock, text: '' };
      await this.#catchUp();
    }
    this.#locked(lock);
  }

  /** Of two versions that met: mine goes to the server, the other one is set aside. */
  async keepMine() {
    const theirs = await this.#fetchTheirs();
    this.#store('aside', { content: theirs.content, at: new Date().toISOString() });
    this.#revision = theirs.revision;
    this.#show('unsaved');
    return this.flush();
  }

  /** Of two versions that met: the server's goes into the editor, mine is set aside. */
  async takeTheirs() {
    const theirs = await this.#fetchTheirs();
    this.#store('aside', { content: await this.#options.read(), at: new Date().toISOString() });
    await this.#adopt(theirs);
  }

  /** Put what was kept here into the editor and save it; what others saved since is set aside. */
  async restore() {
    const kept = this.#stored('unsaved');
    if (!kept) return;
    if (kept.revision !== this.#revision) this.#store('aside', { content: this.#savedContent, at: new Date().toISOString() });
    await this.#options.load(kept.content);
    this.touch();
  }

  /** Forget what was kept here; it is set aside all the same. */
  discard() {
    const kept = this.#stored('unsaved');
    if (kept) this.#store('aside', kept);
    this.#store('unsaved', null);
  }

  /** The version not taken, {content, at}, until `forgetAside`. */
  get aside() { return this.#stored('aside'); }
  forgetAside() { this.#store('aside', null); }

  async #save() {
    const edits = this.#edits;
    const content = await this.#options.read();
    if (content === this.#savedContent) return this.#done(edits);
    this.#show('saving');
    try {
      const answer = await request(`${this.#url}/files/${encodeURIComponent(this.#options.name)}`, {
        method: 'PUT',
        body: content,
        headers: { 'Content-Type': 'application/octet-stream', 'X-Revision': String(this.#revision) },
      });
      const { revision, problems } = await answer.json();
      this.#revision = revision;
      this.#savedContent = content;
      this.#done(edits);
      this.#options.onProblems(problems ?? []);
    } catch (error) {
      await this.#failed(error);
    }
  }

  #done(edits) {
    this.#failures = 0;
    this.#savedEdits = Math.max(this.#savedEdits, edits);
    if (this.#edits > this.#savedEdits) return this.#show('unsaved');
    clearTimeout(this.#timers.keep);
    this.#store('unsaved', null);
    this.#show('saved');
  }

  async #failed(error) {
    await this.#keep();
    const refused = error instanceof RequestRefused && error.status < 500;
    if (refused && error.code === 'change_moved_on') return this.#show('conflict');
    if (refused && error.code === 'change_locked') {
      this.#show('unsaved');
      return this.hold();
    }
    if (refused && error.status !== 401) return this.#show('refused', { message: error.message });
    this.#show(refused ? 'signed_out' : 'offline');
    const wait = RETRY_AFTER_MS[Math.min(this.#failures, RETRY_AFTER_MS.length - 1)];
    this.#failures += 1;
    this.#after('save', wait, () => this.flush());
  }

  async #catchUp() {
    const theirs = await this.#fetchTheirs().catch(() => null);
    if (!theirs || theirs.revision === this.#revision) {
      if (this.#edits > this.#savedEdits) this.#after('save', 0, () => this.flush());
    } else if (this.#edits > this.#savedEdits) {
      this.#show('conflict');
    } else {
      await this.#adopt(theirs);
    }
  }

  async #adopt({ content, revision }) {
    await this.#options.load(content);
    this.#revision = revision;
    this.#savedContent = content;
    this.#done(this.#edits);
  }

  async #fetchTheirs() {
    const answer = await request(`${this.#url}/files/${encodeURIComponent(this.#options.name)}`, { headers: { Accept: '*/*' } });
    return { content: await answer.text(), revision: Number(answer.headers.get('X-Revision')) };
  }

  #locked(lock) {
    const words = this.#options.words;
    const text = lock.is_mine ? '' : lock.reason || say(lock.editor ? words.locked : words.not_yours, { name: lock.editor });
    this.#lock = { ...lock, text };
    this.#options.onLock(this.#lock);
  }

  #show(state, values = {}) {
    this.#state = state;
    this.#options.onState(state, { ...values, text: say(this.#options.words[state], values) });
  }

  async #keep() {
    if (this.#edits === this.#savedEdits || this.#stopped) return;
    const content = await this.#options.read();
    this.#isKept = this.#store('unsaved', { content, revision: this.#revision, at: new Date().toISOString() });
  }

  #release() {
    if (!this.#lock?.is_mine) return;
    this.#lock = { ...this.#lock, is_mine: false };
    request(`${this.#url}/lock`, { method: 'DELETE', keepalive: true }).catch(() => {});
  }

  #onOnline = () => { this.hold().then(() => this.flush()); };
  #onHide = () => { if (document.visibilityState === 'hidden') this.#keep().then(() => this.flush()); };
  #onLeave = (event) => { if (!event.persisted) this.#release(); };
  // What is kept here is offered again; only where the browser cannot keep it the page asks to stay.
  #onUnload = (event) => { if (this.#edits > this.#savedEdits && !this.#isKept) event.preventDefault(); };

  #after(what, milliseconds, action) {
    clearTimeout(this.#timers[what]);
    if (!this.#stopped) this.#timers[what] = setTimeout(action, milliseconds);
  }

  #key(what) { return `yunzhi.${what}.${this.#options.changeId}.${this.#options.name}`; }

  #stored(what) {
    try {
      return JSON.parse(localStorage.getItem(this.#key(what)));
    } catch {
      return null;
    }
  }

  #store(what, value) {
    try {
      if (value === null) localStorage.removeItem(this.#key(what));
      else localStorage.setItem(this.#key(what), JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  }
}
