// A form after which this browser's codes are worthless: what it keeps of them for no network goes with it.

import { forgetWallet } from "../code/wallet.js";
import { enhance } from "../app.js";

enhance("forget-wallet", (form) => form.addEventListener("submit", () => forgetWallet()));
