// Copies a text for another system. Without it the text stands there to be selected.
(() => {
  "use strict";

  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = button.parentElement.querySelector("[data-text]");
      try {
        await navigator.clipboard.writeText(text.textContent.trim());
        window.ff?.tell?.("Kopieret", { kind: "is-ok" });
      } catch {
        window.getSelection().selectAllChildren(text);
      }
    });
  }
})();
