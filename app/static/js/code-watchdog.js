// A code that nothing renews must not stay on the screen. Where none of our modules took over (an engine that cannot read them, a file
// that did not come), the page renews itself as it does without script. ES5 and a plain script: it must run where they do not.
(function () {
  "use strict";
  var screen = document.querySelector(".code-screen");
  var until = Date.now() + screen.getAttribute("data-period") * 1000;

  function beat() {
    var left = Math.ceil((until - Date.now()) / 1000);
    if (screen.hasAttribute("data-is-ready")) return;
    if (left > 0) {
      screen.querySelector("[data-seconds]").textContent = left;
    } else if (navigator.onLine === false) {
      screen.querySelector("[data-status]").textContent = screen.getAttribute("data-offline-no-key-text");
    } else if (!document.hidden) {
      location.replace(screen.getAttribute("data-here"));
      return;
    }
    setTimeout(beat, 1000);
  }

  beat();
})();
