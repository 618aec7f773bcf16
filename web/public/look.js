// Before the first paint: the theme and the size of text that the person chose (web/src/theme.ts keeps them).
try {
  const { theme, size } = JSON.parse(localStorage.getItem("antiphon.look") ?? "{}");
  if (theme) document.documentElement.dataset.theme = theme;
  if (size) document.documentElement.dataset.size = size;
} catch {
  // Without storage, or with what cannot be read: the system's.
}
