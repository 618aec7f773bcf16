import type { AnchorHTMLAttributes, MouseEvent } from "react";
import { address } from "../address";
import { go } from "../route";

/** A link within the page: `to` is a path below the base. */
export function Link({ to, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { to: string }) {
  const onClick = (event: MouseEvent) => {
    // With a key held the browser opens another tab or window, as everywhere.
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return <a href={address(to)} onClick={onClick} {...rest} />;
}
