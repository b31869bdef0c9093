// What a person sees on the page and means by a word. In ES5, for the oldest engine; sent with every question.
var seen = {
  words: function (element) {
    return (element.getAttribute("aria-label") || element.innerText || element.value || "").replace(/\s+/g, " ").trim();
  },
  isShown: function (element) {
    return element.getClientRects().length > 0 && getComputedStyle(element).visibility !== "hidden";
  },
  // The first shown element whose words are these, else the first whose words hold them.
  byWords: function (selector, words) {
    var shown = [].filter.call(document.querySelectorAll(selector), seen.isShown);
    var same = shown.filter(function (element) { return seen.words(element) === words; });
    var near = shown.filter(function (element) { return seen.words(element).indexOf(words) >= 0; });
    return same[0] || near[0] || null;
  },
  // What is pressed: a button or a link.
  button: function (words) {
    return seen.byWords("button, a[href], [role=button], input[type=submit], summary", words);
  },
  // What is filled in or ticked, by the words of its label.
  field: function (words) {
    var labels = [].filter.call(document.querySelectorAll("label"), seen.isShown);
    var same = labels.filter(function (label) { return seen.words(label) === words; });
    var near = labels.filter(function (label) { return seen.words(label).indexOf(words) === 0; });
    var holding = labels.filter(function (label) { return seen.words(label).indexOf(words) >= 0; });
    var found = same.concat(near, holding).map(function (label) {
      return label.htmlFor ? document.getElementById(label.htmlFor) : label.querySelector("input, select, textarea");
    });
    return found.filter(Boolean)[0] || seen.byWords("input[aria-label], select[aria-label], textarea[aria-label]", words);
  },
  // Every form of the page is in its script's hands, and the page is whole. A page whose script never comes counts too.
  isSettled: function () {
    return document.readyState === "complete";
  },
  isReady: function () {
    return seen.isSettled() && !document.querySelector("form[data-enhance]:not([data-is-ready])");
  },
  // Where to touch it: its middle, in the window. Null while something else is there or it still moves.
  place: function (element) {
    if (!element) return null;
    element.scrollIntoView({ block: "center" });
    var box = element.getBoundingClientRect();
    var x = box.left + box.width / 2;
    var y = box.top + box.height / 2;
    var top = document.elementFromPoint(x, y);
    var label = top && top.closest("label");
    var isItself = top && (element.contains(top) || top.contains(element) || (label && label.control === element));
    return isItself ? [x, y] : null;
  },
};
