// The session is over on the server: what this browser keeps of its codes for no network goes with it.

import { forgetWallet } from "../code/wallet.js";
import { enhance } from "../app.js";

enhance("forget-wallet-now", () => {
  forgetWallet();
});
