// What the style of the citizen's pages may use: what Chromium 64 and iOS 13.4 know, and what they do without unharmed. Run by
// tests/house/test_old_engines.py.

// feature (caniuse's name): what its absence leaves
const HARMLESS = [
  "prefers-color-scheme", // light
  "prefers-reduced-motion", // as it is
  "css-snappoints", // scroll-padding: a jump ends under the header
  "viewport-unit-variants", // asked for by @supports
  "css-focus-visible", // the browser's own outline
  "flexbox-gap", // old.css: the same test holds that they are there
  "css-env-function", // no safe area on such phones; where it stands in a sum there is another rule
  "css-media-scripting", // what is for readers without script is shown by <noscript> too
  "css-has", // a frame less around what is chosen
  "css-math-functions", // the size of the text around it
  "css-not-sel-list", // takes chained `:not()` for a list; the same test holds that there is none
];

export default {
  plugins: ["stylelint-no-unsupported-browser-features"],
  rules: {
    "plugin/no-unsupported-browser-features": [
      true,
      { browsers: ["chrome 64", "ios_saf 13.4"], ignorePartialSupport: true, ignore: HARMLESS },
    ],
  },
};
