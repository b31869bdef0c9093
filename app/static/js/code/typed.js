// Digits as people type and paste them, read as the server reads them (app/core/text.py): without what nobody sees, without blanks,
// dashes and quotes around them, half-width.

const UNSEEN = /[\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB\u2800\s\u001C-\u001F\u0085]/gu;
const QUOTES = "'\"\u0060´‘’‚‛“”„′‵ʹʼˈ＇＂「」『』";
const AROUND = new RegExp("^[" + QUOTES + "]+|[" + QUOTES + "]+$", "g");

export function digitsOf(text) {
  const half = text.replace(UNSEEN, "").replace(AROUND, "").slice(0, 1000).normalize("NFKC");
  return half.replace(UNSEEN, "").replace(/\p{Dash}/gu, "");
}
