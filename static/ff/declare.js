// The declaration by keyboard: one key answers a question and goes on to the next, so that the eyes can stay with the
// family. The keys count only while a question has the focus; arrows and Tab work as everywhere, and without this file too.
(() => {
  "use strict";

  // By the value of the answer, for a recipient and for a topic alike: one letter never means two things.
  const KEYS = { j: ["all", "yes"], d: ["some"], n: ["no"], i: ["skip", ""] };
  const form = document.querySelector("form[data-ff-declare]");
  if (!form) return;

  const groupOf = (radio) => radio.closest(".ff-choice, .ff-triple");
  const checkedIn = (group) => group.querySelector("input:checked") || group.querySelector("input");
  // Topics that »Ja til noget« has not opened take no room; they are asked about first when they do.
  const questions = () => [...form.querySelectorAll(".ff-choice, .ff-triple")].filter((group) => group.offsetParent);
  const after = form.querySelector("[data-ff-after]");

  const goOn = (from) => {
    const all = questions();
    const next = all[all.indexOf(from) + 1];
    const target = next ? checkedIn(next) : after && checkedIn(after);
    target?.focus();
    (next || after)?.scrollIntoView({ block: "center" });
  };

  form.addEventListener("keydown", (event) => {
    const values = KEYS[event.key.toLowerCase()];
    if (!values || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    const group = event.target.type === "radio" && groupOf(event.target);
    if (!group) return;
    const answer = [...group.querySelectorAll("input")].find((radio) => values.includes(radio.value));
    // What was answered before has no »Ikke spurgt« to go back to: »ikke nu« leaves it as it is.
    if (!answer && event.key.toLowerCase() !== "i") return;
    event.preventDefault();
    if (answer) {
      answer.checked = true;
      answer.dispatchEvent(new Event("change", { bubbles: true }));
    }
    goOn(group);
  });

  for (const hint of form.querySelectorAll("[data-ff-keys]")) hint.hidden = false;
  // Who comes to write answers begins with the first question, or with the one about whoever was just named; what was
  // refused has the focus on its summary.
  const first = form.querySelector("[data-ff-new] .ff-choice") || questions()[0];
  if (first && !document.querySelector("[data-ff-errors]") && !location.hash) checkedIn(first).focus({ preventScroll: !first.closest("[data-ff-new]") });
})();
