// The session is over on the server: what this browser keeps of its codes for no network goes with it.

import { forgetWallet } from "../code/wallet.js";
import { enhance } from "../enhancing.js";

enhance("forget-wallet-now", () => {
  forgetWallet();
});
