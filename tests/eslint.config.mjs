// What the scripts of the citizen's pages may use: the syntax and the library of ES2018, and interfaces that the oldest engines which we
// promise have (docs/browsers.md): Chromium 64, iOS 13.4. Staff sit at newer ones. Run by tests/house/test_old_engines.py.

import compat from "eslint-plugin-compat";
import esx from "eslint-plugin-es-x";

import members from "./lint/members.mjs";

const FLOOR = { chrome: 64, safari_ios: 13.4 };
const LOOKED_FOR = "asked for before it is used";
const OURS = "a name of our own, or of an interface that is old enough";
const KNOWN = {
  ...{ clipboard: LOOKED_FOR, locks: LOOKED_FOR, share: LOOKED_FOR, signal: LOOKED_FOR, wakeLock: LOOKED_FOR },
  ...{ cancel: OURS, reason: OURS, request: OURS, respondWith: OURS, show: OURS, sync: OURS },
};
const STAFF = ["**/js/bureau/**", "**/js/enhance/review-case.js", "**/js/enhance/roster-upload.js", "**/js/enhance/job-progress.js"];
const PLAIN = ["**/js/code-watchdog.js", "**/js/script-errors.js"];
const WORKER = ["**/sw.js"];

const rules = {
  "compat/compat": "error",
  "floor/members": ["error", { floor: FLOOR, known: KNOWN }],
  "no-restricted-syntax": [
    "error",
    {
      selector: "CallExpression[callee.property.name=addEventListener] > ObjectExpression > Property[key.name=signal]",
      message: "`signal` among a listener's options is younger than the floor (Chromium 90, iOS 15): code/around.js.",
    },
  ],
};
const es2018 = Object.fromEntries(
  Object.entries(esx.configs["flat/restrict-to-es2018"].rules).filter(([name]) => !name.includes("-iterator-prototype-")), // arrays have those names
);
const plugins = { compat, "es-x": esx, floor: { rules: { members } } };
const globals = Object.fromEntries(["globalThis", "BigInt", "WeakRef", "AggregateError", "Iterator"].map((name) => [name, "readonly"])); // known, to be refused
const settings = {
  browsers: ["chrome 64", "ios_saf 13.4"],
  "es-x": { aggressive: true },
};

export default [
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["**/*.js"],
    ignores: [...STAFF, ...PLAIN, ...WORKER],
    languageOptions: { globals, ecmaVersion: 2018, sourceType: "module" },
    plugins,
    settings,
    rules: { ...es2018, ...rules },
  },
  {
    files: WORKER,
    languageOptions: { globals, ecmaVersion: 2018, sourceType: "script" },
    plugins,
    settings,
    rules: { ...es2018, ...rules, "es-x/no-string-prototype-matchall": "off" }, // of clients
  },
  {
    files: PLAIN,
    languageOptions: { globals, ecmaVersion: 5, sourceType: "script" },
    plugins,
    settings,
    rules: { ...esx.configs["flat/restrict-to-es5"].rules, ...rules },
  },
];
