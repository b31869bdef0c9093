export default {
  plugins: ["stylelint-no-unsupported-browser-features"],
  rules: {
    "plugin/no-unsupported-browser-features": [true, { browsers: ["chrome 64", "ios_saf 13.4"], ignorePartialSupport: true, ignore: [] }],
  },
};
