// The matrix page: a cell opens the person it points at; printing opens all. Without this file every link still leads there.
(() => {
  "use strict";

  const open = () => {
    const target = location.hash.startsWith("#p-") && document.getElementById(location.hash.slice(1));
    if (!(target instanceof HTMLDetailsElement)) return;
    target.open = true;
    target.querySelector("summary").focus({ preventScroll: true });
    target.scrollIntoView();
  };

  addEventListener("hashchange", open);
  // A second press on the same cell changes no hash.
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#p-"]');
    if (link && link.hash === location.hash) open();
  });
  open();

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
  addEventListener("beforeprint", () => {
    for (const person of document.querySelectorAll("details.ff-person")) person.open = true;
  });
})();
