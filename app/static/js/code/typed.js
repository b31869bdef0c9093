// Digits as people type and paste them, read as the server reads them (app/core/text.py): without what nobody sees, without blanks,
// dashes and quotes around them, half-width.

// Unicode's Default_Ignorable_Code_Point and Dash, written out: the oldest phones know their ranges, but not their names.
const UNSEEN = /[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFF8\u{1BCA0}-\u{1BCA3}\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}\uFFF9-\uFFFB\u2800\s\u001C-\u001F\u0085]/gu;
const DASH = /[\u002D\u058A\u05BE\u1400\u1806\u2010-\u2015\u2053\u207B\u208B\u2212\u2E17\u2E1A\u2E3A-\u2E3B\u2E40\u2E5D\u301C\u3030\u30A0\uFE31-\uFE32\uFE58\uFE63\uFF0D\u{10D6E}\u{10EAD}]/gu;
const QUOTES = "'\"\u0060´‘’‚‛“”„′‵ʹʼˈ＇＂「」『』";
const AROUND = new RegExp("^[" + QUOTES + "]+|[" + QUOTES + "]+$", "g");

export function digitsOf(text) {
  const half = text.replace(UNSEEN, "").replace(AROUND, "").slice(0, 1000).normalize("NFKC");
  return half.replace(UNSEEN, "").replace(DASH, "");
}
