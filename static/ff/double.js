// A second press on the same button is not a second act. The server's once-key holds the truth; this spares the wait.
(() => {
  "use strict";

  const SILENT = 8000;
  const sent = new WeakMap();

  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (form.method !== "post") return;
      const at = sent.get(form);
      if (at && Date.now() - at < SILENT) {
        event.preventDefault();
        event.stopImmediatePropagation();
        return;
      }
      sent.set(form, Date.now());
      form.setAttribute("aria-busy", "true");
    },
    true,
  );

  const free = (form) => {
    if (!form) return;
    sent.delete(form);
    form.removeAttribute("aria-busy");
  };
  // Free again when the act was stopped on the page, when htmx has its answer, and when the page is shown again.
  document.addEventListener("submit", (event) => { if (event.defaultPrevented && !isHtmx(event.target)) free(event.target); });
  const isHtmx = (form) => form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete]");
  document.addEventListener("htmx:afterRequest", (event) => free(event.detail.requestConfig?.elt?.closest?.("form")));
  window.addEventListener("pageshow", () => document.querySelectorAll("form[aria-busy]").forEach(free));
})();
