// The board for who writes: Enter saves and goes on; a line that is not saved is seen, kept and sent again.
// Every act is a plain form that works without this script; here it is sent in the background and the lists are renewed.
(() => {
  "use strict";

  const board = document.getElementById("board");
  if (!board) return;

  const LIMIT = 10000;
  const AGAIN = [2000, 4000, 8000, 15000];
  const POLL = 4000;
  const off = document.getElementById("board-off");
  const status = document.getElementById("board-state");
  const waiting = []; // lines on their way, in the order they were written
  let sending = false;
  let stopped = false;
  let leaving = false;
  let busy = 0; // drags and open panels: the lists keep still under the hand

  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const newKey = () => crypto.randomUUID?.() || [...crypto.getRandomValues(new Uint8Array(18))].map((n) => n.toString(36)).join("");

  function make(tag, css, words) {
    const made = document.createElement(tag);
    if (css) made.className = css;
    if (words) made.textContent = words;
    return made;
  }

  // --- sending ---
  const token = () => board.querySelector("[name=csrfmiddlewaretoken]").value;
  const post = (url, body) =>
    fetch(url, { method: "POST", body, headers: { "X-FF-Board": "1" }, credentials: "same-origin", keepalive: true, signal: AbortSignal.timeout(LIMIT) });

  async function send(url, body) {
    let answer = await post(url, body);
    if (answer.headers.has("X-FF-Renew") && (await window.ff?.renew?.())) {
      body.set("csrfmiddlewaretoken", token());
      answer = await post(url, body);
    }
    return { status: answer.status, ok: answer.ok, unseen: answer.headers.has("X-FF-Unseen"), page: new DOMParser().parseFromString(await answer.text(), "text/html") };
  }

  const SAID = {
    401: "Du er logget af. Log ind i et nyt vindue, og kom tilbage hertil.",
    403: "Du har ikke adgang til tavlen mere. Kopiér din tekst.",
    404: "Punktet eller tavlen findes ikke mere for dig. Kopiér din tekst.",
    409: "En anden har rettet imens. Prøv igen.",
  };
  const sentence = (answer) =>
    (answer.status === 401 && SAID[401]) || answer.page.querySelector("[data-ff-message]")?.textContent.trim() || SAID[answer.status] || "Det er ikke gemt. Prøv igen om lidt.";

  // done: the panel that was just saved. Another one that is open goes along to its line, with what is being written in it.
  function renew(page, done = null) {
    const lists = page.getElementById("lists");
    if (!lists) return false;
    const active = document.activeElement;
    const focused = active?.closest?.("[data-note]")?.dataset.note;
    const panels = all(".note__panel", board).filter((panel) => panel !== done).map((panel) => [panel.closest("[data-note]").id, panel]);
    for (const list of all("ul[data-column]", lists)) {
      const place = board.querySelector(`[data-list="${CSS.escape(list.dataset.column)}"]`);
      if (place) place.replaceChildren(...list.children);
    }
    for (const [id, panel] of panels) {
      const note = document.getElementById(id);
      if (note) note.append(panel);
      else busy = Math.max(0, busy - 1);
    }
    const told = board.querySelector("[data-told]");
    const leftOut = lists.querySelector("[data-left-out]")?.textContent || "";
    if (told && told.textContent !== leftOut) told.textContent = leftOut;
    board.dataset.stamp = lists.dataset.stamp;
    if (lists.dataset.open === "0") whenOver();
    if (focused) (active.isConnected ? active : document.getElementById(`note-${focused}`)?.querySelector("[data-more]"))?.focus();
    return true;
  }

  // The meeting is over: the page as it stands then. Not when the writer is on the way to another page, which it would stop.
  async function whenOver() {
    if (leaving) { board.dataset.stamp = "0"; return; }
    await window.ff?.saveDrafts?.();
    location.reload();
  }

  // --- the queue of new lines ---
  const counted = (number) => `${number} ${number === 1 ? "punkt" : "punkter"}`;

  // What is sent again by itself, and what only its writer can mend.
  function tell() {
    const refused = waiting.filter((line) => line.refused);
    const late = waiting.length - refused.length;
    const words = [];
    if (waiting.some((line) => !line.refused && line.tries > 0)) words.push(`${counted(late)} er ikke gemt endnu. Vi prøver igen.`);
    if (refused.length === 1) words.push(`1 punkt er ikke gemt. ${refused[0].told.textContent}`);
    if (refused.length > 1) words.push(`${counted(refused.length)} er ikke gemt. Ret teksten.`);
    if (status.textContent !== words.join(" ")) status.textContent = words.join(" ");
  }

  function row(line) {
    const item = make("li", "note note--unsaved");
    const words = make("p", line.saidBy ? "voice" : "", line.saidBy ? `»${line.text}«` : line.text);
    const alert = make("div", "note__alert");
    line.told = make("span", "state state--warn", "Gemmer …");
    const again = make("button", "btn btn--s", "Prøv igen nu");
    again.type = "button";
    again.hidden = true;
    again.addEventListener("click", () => { line.refused ? backToField(line) : sendNext(); });
    line.again = again;
    if (line.body.has("kept_from_parents")) alert.append(make("span", "state", "Ikke på væggen"));
    alert.append(line.told, again);
    item.append(words, alert);
    return item;
  }

  // Who said it, and whether the parents must not see it: with the words, wherever they go.
  const keeper = (form) => form.querySelector("[name=kept_from_parents]");
  function choose(form, saidBy) {
    const radio = form.querySelector(`[name=said_by][value="${CSS.escape(saidBy || "")}"]`);
    if (radio) radio.checked = true;
  }

  // Lines that are not saved yet stand in the draft too, before what is being written; of their marks the strictest.
  board.addEventListener("ff:draft-text", (event) => {
    const body = event.detail;
    const lines = waiting.filter((line) => line.form === event.target).map((line) => line.body);
    if (!lines.length) return;
    if (body.get("text").trim()) lines.push(new URLSearchParams(body));
    const kept = lines.find((line) => line.has("kept_from_parents"));
    const voices = new Set(lines.map((line) => line.get("said_by") || ""));
    body.set("text", lines.map((line) => line.get("text")).join("\n"));
    body.set("said_by", kept ? kept.get("said_by") : voices.size === 1 ? [...voices][0] : "");
    if (kept) body.set("kept_from_parents", "on");
  });

  function backToField(line) {
    const field = line.form.querySelector("textarea");
    field.value = [field.value, line.text].filter(Boolean).join("\n");
    choose(line.form, line.saidBy);
    const kept = keeper(line.form);
    if (kept && line.body.has("kept_from_parents")) kept.checked = true;
    drop(line);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
    sendNext();
  }

  function drop(line) {
    waiting.splice(waiting.indexOf(line), 1);
    line.item.remove();
    tell();
  }

  function added(line) {
    drop(line);
    window.ff?.draftDropped?.(line.form);
  }

  function failed(line, words) {
    line.tries += 1;
    line.told.textContent = words;
    line.again.hidden = false;
    tell();
    window.ff?.saveDraft?.(line.form);
    const pause = AGAIN[Math.min(line.tries, AGAIN.length) - 1];
    clearTimeout(line.timer);
    line.timer = setTimeout(sendNext, pause);
  }

  async function sendNext() {
    const line = waiting.find((one) => !one.refused);
    if (sending || !line) return;
    sending = true;
    clearTimeout(line.timer);
    let more = false;
    try {
      const answer = await send(line.form.action, line.body);
      if (answer.ok && renew(answer.page)) {
        added(line);
        if (answer.unseen) say(`»${line.text}« er gemt. Du må ikke selv se det igen: samtykke mangler.`);
        more = true;
      } else if (answer.ok) {
        // Sent before, and the answer was lost: the key made it one act. The lists come with the next poll.
        added(line);
        board.dataset.stamp = "0";
        more = true;
      } else if (answer.status === 422) {
        line.refused = true;
        line.told.textContent = sentence(answer);
        line.again.textContent = "Ret teksten";
        line.again.hidden = false;
        line.tries += 1;
        tell();
        window.ff?.saveDraft?.(line.form);
        more = true;
      } else {
        failed(line, `Ikke gemt endnu. ${sentence(answer)}`);
      }
    } catch {
      failed(line, navigator.onLine ? "Ikke gemt endnu" : "Ikke gemt endnu: ingen forbindelse");
    } finally {
      sending = false;
    }
    if (more) sendNext();
  }

  function write(form) {
    const field = form.querySelector("textarea");
    const text = field.value.trim();
    if (!text) return;
    const body = new URLSearchParams(new FormData(form));
    body.set("text", text);
    const line = { form, text, body, saidBy: body.get("said_by"), tries: 0, refused: false };
    form.querySelector("[name=_once]").value = newKey();
    line.item = row(line);
    board.querySelector(`[data-waiting="${CSS.escape(form.dataset.write)}"]`).append(line.item);
    waiting.push(line);
    field.value = "";
    form.querySelector("[data-draft-state]").textContent = "";
    choose(form, "");
    if (keeper(form)) keeper(form).checked = false;
    form.classList.remove("write--on");
    window.ff?.draftSent?.(form);
    field.focus();
    sendNext();
  }

  window.addEventListener("online", sendNext);
  window.addEventListener("beforeunload", (event) => {
    if (waiting.length) event.preventDefault();
    leaving = true;
    setTimeout(() => { leaving = false; }, LIMIT);
  });

  // --- other acts: change, move, mark, take off, undo ---
  async function act(url, body, { near = null } = {}) {
    try {
      const answer = await send(url, body);
      if (answer.ok && renew(answer.page, near)) return true;
      if (near && [409, 422].includes(answer.status) && answer.page.querySelector(".note__panel")) {
        near.replaceWith(answer.page.querySelector(".note__panel"));
        return false;
      }
      say(sentence(answer));
    } catch {
      say("Det er ikke gemt: vi kan ikke få fat i serveren. Prøv igen om lidt.");
    }
    return false;
  }

  function say(words) {
    const box = document.getElementById("ff-alert");
    const message = make("div", "ff-msg is-late");
    const close = make("button", "button button-secondary ff-act", "Luk beskeden");
    close.type = "button";
    close.addEventListener("click", () => box.replaceChildren());
    message.append(make("p", "", words), close);
    box.replaceChildren(message);
  }

  const tokenBody = (fields) => {
    const body = new URLSearchParams({ csrfmiddlewaretoken: token(), _once: newKey() });
    for (const [name, value] of Object.entries(fields)) if (value !== null && value !== undefined) body.set(name, value);
    return body;
  };

  let asked = 0; // the last panel asked for is the one that opens
  function closePanels() {
    asked += 1;
    for (const panel of all(".note__panel", board)) { panel.remove(); busy -= 1; }
    busy = Math.max(0, busy);
  }

  board.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.matches("[data-write]")) { event.preventDefault(); write(form); return; }
    if (!form.matches("[data-board]")) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form, event.submitter));
    const panel = form.closest(".note__panel");
    const note = form.closest("[data-note]")?.dataset.note;
    form.querySelector("[name=_once]").value = newKey();
    if (await act(form.action, body, { near: panel })) {
      if (panel) busy = Math.max(0, busy - 1);
      document.getElementById(`note-${note}`)?.querySelector("[data-more]")?.focus();
    }
  });

  // A field that is left folds up, and at the foot of a long board everything moves: the press must not lose its button.
  board.addEventListener("mousedown", (event) => {
    const writes = document.activeElement?.closest?.("[data-write]");
    if (writes && event.button === 0 && event.target.closest(".note a, .note button")) event.preventDefault();
  });

  board.addEventListener("click", async (event) => {
    if (event.target.closest("[data-close]")) {
      event.preventDefault();
      const more = event.target.closest("[data-note]")?.querySelector("[data-more]");
      closePanels();
      more?.focus();
      return;
    }
    const more = event.target.closest("[data-more]");
    if (!more || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const note = more.closest("[data-note]");
    const open = note.querySelector(".note__panel");
    closePanels();
    if (open) return;
    const mine = asked;
    busy += 1;
    try {
      const answer = await fetch(more.href, { headers: { "X-FF-Board": "1" }, credentials: "same-origin", signal: AbortSignal.timeout(LIMIT) });
      const panel = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".note__panel");
      if (!answer.ok || !panel) { location.assign(more.href); return; }
      // the list may have been drawn anew while we waited, or another line been asked for
      const now = document.getElementById(note.id);
      if (!now || mine !== asked) { busy = Math.max(0, busy - 1); return; }
      now.append(panel);
      panel.querySelector(more.hash || "textarea").focus();
    } catch {
      busy = Math.max(0, busy - 1);
      say("Vi kan ikke hente punktet lige nu. Prøv igen om lidt.");
    }
  });

  // Escape closes a panel in which nothing was changed; what was changed is only left by »Fortryd«.
  const isUntouched = (panel) =>
    all("input, textarea, option", panel).every((one) => one.type === "hidden" || (one.tagName === "OPTION" ? one.selected === one.defaultSelected : ["radio", "checkbox"].includes(one.type) ? one.checked === one.defaultChecked : one.value === one.defaultValue));

  // --- keys: Alt and a number goes to a column, always; Alt and Shift moves the note, Alt and an arrow too ---
  const columnAt = (number) => all(".bcol", board)[number - 1];

  const move = (note, where) => act(note.dataset.move, tokenBody({ ...where, row_version: note.dataset.version }));

  document.addEventListener("keydown", (event) => {
    if (event.key === "F2") { event.preventDefault(); toggle(); return; }
    if (!off.hidden) return;
    const field = event.target.closest?.("[data-write] textarea");
    const form = event.target.closest?.("[data-write]");
    const note = event.target.closest?.("[data-note]");
    const panel = event.target.closest?.(".note__panel");
    if (panel && event.key === "Escape" && !event.isComposing) {
      if (isUntouched(panel)) { event.preventDefault(); panel.querySelector("[data-close]").click(); }
    } else if (form && event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target.type !== "submit") {
      event.preventDefault();
      write(form);
    } else if (event.altKey && !event.ctrlKey && event.shiftKey && columnAt(Number(event.code.replace("Digit", "")))) {
      event.preventDefault(); // by its place on the keyboard: with Shift, »2« writes another sign
      if (note) move(note, { column: columnAt(Number(event.code.replace("Digit", ""))).querySelector("[data-list]").dataset.list });
    } else if (event.altKey && !event.shiftKey && columnAt(Number(event.key))) {
      event.preventDefault();
      columnAt(Number(event.key)).querySelector("textarea")?.focus();
    } else if (event.altKey && note && ["ArrowUp", "ArrowDown"].includes(event.key)) {
      event.preventDefault();
      move(note, { step: event.key === "ArrowUp" ? -1 : 1 });
    } else if (field && !field.value && event.key === "ArrowUp" && !event.altKey && !event.shiftKey) {
      event.preventDefault();
      all(".more", field.closest(".bcol")).at(-1)?.focus();
    } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !event.shiftKey) {
      const typing = event.target.matches?.("textarea, input[type=text]") && event.target.value;
      if (typing) return;
      event.preventDefault();
      board.querySelector("[data-undo]")?.requestSubmit();
    }
  });

  board.addEventListener("input", (event) => {
    const form = event.target.closest("[data-write]");
    if (form) form.classList.toggle("write--on", Boolean(form.querySelector("textarea").value.trim()));
  });
  for (const form of all("[data-write]", board)) {
    form.classList.toggle("write--on", Boolean(form.querySelector("textarea").value.trim()));
  }

  // --- one key hides it ---
  function toggle() {
    off.hidden = !off.hidden;
    board.inert = !off.hidden;
    document.body.classList.toggle("is-hidden", !off.hidden);
    (off.hidden ? board.querySelector("textarea") : off.querySelector("button"))?.focus();
  }
  board.querySelector("[data-hide]")?.addEventListener("click", toggle);
  off.querySelector("[data-show]").addEventListener("click", toggle);
  const hider = board.querySelector("[data-hide]");
  if (hider) hider.hidden = false;

  // --- scaling saves at the tap ---
  board.classList.add("js-taps");
  board.addEventListener("change", (event) => {
    const form = event.target.closest("[data-scale]");
    if (form && event.target.name === "value" && !event.target.dataset.byKey) form.requestSubmit();
  });
  board.addEventListener("keydown", (event) => {
    // Arrow keys choose among the numbers; they are saved by the button, not at each step.
    if (event.target.matches("[data-scale] [name=value]") && event.key.startsWith("Arrow")) {
      for (const one of all("[name=value]", event.target.form)) one.dataset.byKey = "1";
      event.target.form.querySelector("button").classList.add("is-needed");
    }
  });
  board.addEventListener("pointerdown", (event) => {
    for (const one of all("[name=value]", event.target.closest("[data-scale]") || document.createElement("p"))) delete one.dataset.byKey;
  });

  // --- dragging ---
  if (window.Sortable) {
    for (const list of all("[data-list]", board)) {
      window.Sortable.create(list, {
        group: "board",
        draggable: "[data-note]",
        filter: "a, button, textarea, input, select, summary, .note__panel",
        preventOnFilter: false,
        delay: 150,
        delayOnTouchOnly: true,
        animation: 0,
        onStart: () => { busy += 1; },
        onEnd: async (event) => {
          busy = Math.max(0, busy - 1);
          if (event.from === event.to && event.oldIndex === event.newIndex) return;
          const before = event.item.nextElementSibling?.dataset.note;
          const body = tokenBody({ column: event.to.dataset.list, before, row_version: event.item.dataset.version });
          if (!(await act(event.item.dataset.move, body))) board.dataset.stamp = "0";
        },
      });
    }
  }

  // --- what the others write ---
  async function poll() {
    if (stopped || busy || sending || document.hidden) return;
    try {
      const url = board.dataset.poll.replace("STAMP", board.dataset.stamp);
      const answer = await fetch(url, { headers: { "X-FF-Poll": "1" }, credentials: "same-origin", redirect: "error", signal: AbortSignal.timeout(LIMIT) });
      if (answer.status === 200 && !busy && !sending) renew(new DOMParser().parseFromString(await answer.text(), "text/html"));
      if ([403, 404].includes(answer.status)) {
        stopped = true;
        for (const list of all("[data-list]", board)) list.replaceChildren();
        say("Du har ikke adgang til tavlen mere.");
      }
    } catch {
      // The next one will tell; a line that is not saved tells itself.
    }
  }
  if (board.querySelector("[data-write]")) setInterval(poll, POLL);
})();
