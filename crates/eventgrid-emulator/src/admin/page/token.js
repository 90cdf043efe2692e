// The token of the admin API: taken from the address, kept for this tab, forgotten.
//
// The fragment of an address is not sent to any server. It is removed from the address bar, and
// from the history of the tab, before anything else happens. What is kept is kept in
// `sessionStorage`, which ends with the tab and which no other site can read.

const NAME = "eventgrid-emulator-token";
const FRAGMENT = /^#token=(.+)$/;

/** The token that is known; `null` if there is none. */
export function token() {
  return sessionStorage.getItem(NAME);
}

/** Takes the token of an address such as `/#token=TOKEN`, if it has one. */
export function takeFromAddress() {
  const found = FRAGMENT.exec(location.hash);
  if (!found) return;
  history.replaceState(null, "", "#/");
  let text = found[1];
  try {
    text = decodeURIComponent(text);
  } catch {
    // It is no percent-encoding, so it is the token itself.
  }
  keep(text);
}

/** Keeps a token. Returns whether it can be one: ASCII without spaces, as a header carries it. */
export function keep(text) {
  const isToken = /^[\x21-\x7e]+$/.test(text);
  if (isToken) sessionStorage.setItem(NAME, text);
  return isToken;
}

/** Forgets the token. */
export function forget() {
  sessionStorage.removeItem(NAME);
}
