// A form after which this browser's codes are worthless: what it keeps of them for no network goes with it.

export default function forgetOnSubmit(form) {
  const wallet = import("../code/wallet.js");
  form.addEventListener("submit", () => {
    wallet.then(({ forgetWallet }) => forgetWallet()).catch(() => {});
  });
}
