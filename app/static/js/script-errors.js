// Runs before every module, in ES5 and as a plain script, so that it hears of faults also where a module cannot be read at all. It tells
// the bureau which file and line failed, nothing else, and shows what a page says to those without script.
(function () {
  "use strict";
  var PLACE = /\/js\/([\w\/-]+\.js)[^\s:)]*:(\d+)/;
  var MOST = 3; // a page tells
  var PATIENCE_MS = 5000; // for modules, from when all else has come
  var told = [];

  function hear(fault, file, line) {
    var found = PLACE.exec((fault && fault.stack) || "") || PLACE.exec(file + ":" + line);
    if (!found || (fault && fault.name === "NoNetwork")) return; // of an extension or the browser itself; the weather
    tell("module=" + encodeURIComponent(found[1]) + "&line=" + found[2]);
    showScriptless(true);
  }

  function tell(words) {
    if (told.indexOf(words) >= 0 || told.length >= MOST) return;
    told.push(words);
    var request = new XMLHttpRequest();
    request.open("POST", "/script-errors");
    request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
    request.send(words);
  }

  /** What stands in <noscript data-without="name">, unless what bears that name is ready. */
  function showScriptless(isFault) {
    var all = document.querySelectorAll("noscript[data-without]");
    for (var i = 0; i < all.length; i++) {
      var name = all[i].getAttribute("data-without");
      if (!isFault && document.querySelector('[data-enhance~="' + name + '"][data-is-ready]')) continue;
      var words = document.createElement("div");
      words.setAttribute("data-scriptless", name);
      var said = new DOMParser().parseFromString(all[i].textContent, "text/html").body;
      while (said.firstChild) words.appendChild(said.firstChild);
      all[i].parentNode.replaceChild(words, all[i]);
    }
  }

  addEventListener("error", function (event) {
    hear(event.error, event.filename, event.lineno);
  });
  addEventListener("unhandledrejection", function (event) {
    hear(event.reason, "", 0);
  });
  addEventListener("load", function () {
    setTimeout(showScriptless, PATIENCE_MS);
  });
})();
