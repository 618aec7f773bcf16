/** Addresses below the page's base: the server may stand below a path (`<base href>`). */

/** The base's path, with a slash at both ends. */
export function basePath(): string {
  return new URL(".", document.baseURI).pathname;
}

/** The full address of a path below the base, without a leading slash. */
export function address(path: string): string {
  return new URL(path, new URL(".", document.baseURI)).href;
}

export function socketAddress(): string {
  return address("ws").replace(/^http/, "ws");
}

/** A key of this browser's storage: several servers may share an origin by path. */
export function storageKey(name: string): string {
  return `antiphon:${basePath()}:${name}`;
}
