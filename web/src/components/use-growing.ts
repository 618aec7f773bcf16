import { useLayoutEffect, type RefObject } from "react";

/**
 * A field as high as what is in it, up to its CSS's `max-height`, also where the browser has no `field-sizing`.
 * `place`: whose field it is, where it is another one for another.
 */
export function useGrowing(field: RefObject<HTMLTextAreaElement | null>, text: string, place = ""): void {
  useLayoutEffect(() => {
    if (CSS.supports("field-sizing", "content")) return;
    const grow = () => {
      if (field.current) fit(field.current);
    };
    grow();
    window.addEventListener("resize", grow); // lines break elsewhere
    return () => {
      window.removeEventListener("resize", grow);
    };
  }, [field, text, place]);
}

function fit(field: HTMLTextAreaElement): void {
  field.style.height = "auto"; // else it never shrinks
  const borders = field.offsetHeight - field.clientHeight;
  field.style.height = `${field.scrollHeight + borders}px`;
}
