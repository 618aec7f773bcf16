/** Which agent somebody is signing in to: kept beside the page's views, which change when it is signed in. */

import { Store } from "./store";

export const signingIn = new Store<string | undefined>(undefined);
