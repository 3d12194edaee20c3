// The plan's sheet: htmx saves each field when it is left; this says so while it happens, keeps the marks in step with the
// answers, and asks before a text that is not saved is left. Without it the page has its Save button.
(() => {
  "use strict";

  const sheet = document.querySelector(".sheet");
  if (!sheet) return;
  const dirty = new Set();
  const MARKS = { "": "todo", not_yet: "notyet" };

  function say(words, kind) {
    const state = document.querySelector("[data-saved]");
    if (!state) return;
    state.className = `state ${kind}`;
    state.querySelector("span").textContent = words;
    state.querySelector("svg")?.toggleAttribute("hidden", kind !== "state--ok");
  }

  const itemOf = (element) => element?.closest?.("[data-item]");

  sheet.addEventListener("input", (event) => {
    const item = itemOf(event.target);
    if (!item) return;
    dirty.add(item);
    say("Ikke gemt endnu", "");
  });

  sheet.addEventListener("change", (event) => {
    if (!event.target.matches(".stat select")) return;
    const box = event.target.closest(".stat");
    const use = box.querySelector("use");
    box.classList.toggle("stat--todo", event.target.value === "");
    use?.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#mark-${MARKS[event.target.value] || event.target.value}`));
  });

  // What a screen reader says of the fields and buttons of a line follows its words, as the page says it when it is made.
  sheet.addEventListener("change", (event) => {
    if (!event.target.matches("textarea[id^='text-']")) return;
    const words = event.target.value.trim();
    for (const field of itemOf(event.target)?.querySelectorAll("[data-asks]") || []) {
      field.setAttribute("aria-label", `${field.dataset.asks} ${words}`);
    }
    for (const name of document.querySelectorAll(`[data-named="${event.target.id.slice(5)}"]`)) {
      if (name.textContent !== "målet") name.textContent = words;
    }
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (itemOf(event.detail.elt)) say("Gemmer …", "");
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const item = itemOf(event.detail.elt);
    if (!item) return;
    if (!event.detail.successful) {
      say("Ikke gemt endnu. Din tekst står her stadig.", "state--late");
      return;
    }
    if (event.detail.xhr.status !== 422) dirty.delete(item);
    tellWhatIsLeft();
  });

  // The answer knows its own line; what was refused in the others stands there still.
  function tellWhatIsLeft() {
    const refused = [...sheet.querySelectorAll("[data-unsaved]")];
    const words = `Ikke alt er gemt: ${refused.map((one) => one.dataset.unsaved).join(", ")}.`;
    if ([...dirty].some((item) => !refused.some((one) => item.contains(one)))) say("Ikke gemt endnu", "");
    else if (refused.length && document.querySelector("[data-saved] span")?.textContent !== words) say(words, "state--late");
  }

  // A line that its writer may not see again makes way for a message: whoever stood in it stands at the message.
  let stoodIn = false;
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const target = event.detail.target;
    const leaves = event.detail.fragment.querySelector("[data-gone]") || /^text-/.test(target.id);
    if (leaves && target.contains(document.activeElement)) stoodIn = true;
  });
  document.addEventListener("htmx:oobAfterSwap", (event) => {
    const message = event.detail.target.querySelector("[data-gone]");
    if (!message) return;
    dirty.delete(itemOf(message));
    if (stoodIn) message.focus();
    stoodIn = false;
  });

  // A part is drawn anew while somebody stands in it: they go on standing there, in the same field, link or button.
  let stood = "";
  const same = (one) =>
    (one.id && `#${CSS.escape(one.id)}`) ||
    (one.matches("a[href]") && `a[href="${CSS.escape(one.getAttribute("href"))}"]`) ||
    (one.matches("button[value]") && `button[value="${CSS.escape(one.value)}"]`) || "";
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    if (event.detail.target.contains(document.activeElement)) stood = same(document.activeElement);
  });
  document.addEventListener("htmx:oobAfterSwap", (event) => {
    if (stood && document.activeElement === document.body) event.detail.target.querySelector(stood)?.focus({ preventScroll: true });
    stood = "";
    for (const item of dirty) if (!item.isConnected) dirty.delete(item);
  });

  document.addEventListener("submit", () => dirty.clear());
  window.addEventListener("beforeunload", (event) => {
    if (dirty.size) event.preventDefault();
  });
})();
