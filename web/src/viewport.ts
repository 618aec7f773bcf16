/** Keyboards on the screen. Most browsers make the page smaller for them (index.html asks for it); iOS lays them over it. */

/** Below it, what is not seen is a browser's bar that comes and goes. */
const KEYBOARD_PX = 120;

/** Keeps the page as high as what is seen of it, so that nothing to write in lies under a keyboard. */
export function followKeyboard(): void {
  const seen = window.visualViewport;
  if (!seen) return;
  const fit = () => {
    const covered = window.innerHeight - seen.height * seen.scale;
    const { style } = document.documentElement;
    if (covered < KEYBOARD_PX) {
      style.removeProperty("--seen");
      return;
    }
    style.setProperty("--seen", `${Math.round(seen.height)}px`);
    window.scrollTo(0, 0); // iOS has moved the page up to the field: now there is no need
  };
  seen.addEventListener("resize", fit);
}
