import { useLayoutEffect, type RefObject } from "react";

/** A field as high as what is in it, up to its CSS's `max-height`, also where the browser has no `field-sizing`. */
export function useGrowing(field: RefObject<HTMLTextAreaElement | null>, text: string): void {
  useLayoutEffect(() => {
    if (CSS.supports("field-sizing", "content")) return;
    const grow = () => {
      const shown = field.current;
      if (!shown) return;
      shown.style.height = "auto"; // else it never shrinks
      const borders = shown.offsetHeight - shown.clientHeight;
      shown.style.height = `${shown.scrollHeight + borders}px`;
    };
    grow();
    window.addEventListener("resize", grow); // lines break elsewhere
    return () => {
      window.removeEventListener("resize", grow);
    };
  }, [field, text]);
}
