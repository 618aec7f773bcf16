import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { followIntent } from "./about";
import { fetchAhead } from "./ahead";
import { alerts } from "./alerts";
import { Client } from "./client";
import { App } from "./components/app";
import "./style.css";
import { followRoute } from "./follow-route";
import { followLook } from "./theme";
import { isOutdated, keepOffline } from "./offline";
import { toast } from "./toasts";
import { followKeyboard } from "./viewport";
import { preferred, say, speak } from "./words";

/** The one-time token of a sign-in link; it stands in the fragment, which no server and no log sees. */
function takeToken(): string | undefined {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token) history.replaceState(null, "", location.pathname + location.search);
  return token ?? undefined;
}

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
// Nothing fails unseen: not the page's own mistakes either.
const confess = (error: unknown) => {
  toast(say("page.mistake", { error: String(error) }));
};
window.addEventListener("error", ({ error, message }) => {
  // Without an error it is the browser's own remark, such as a resize told in the next frame.
  if (error) confess(message);
});
window.addEventListener("unhandledrejection", ({ reason }) => {
  confess(reason);
});

followLook();
followKeyboard();
const client = new Client();
alerts(client);
followRoute(client);
followIntent();
void client.start(takeToken());
// The link opened in the tab that asks for it: only the fragment changes, and nothing is loaded anew.
window.addEventListener("hashchange", () => {
  const token = takeToken();
  if (token && client.account.get().phase !== "ready") void client.start(token);
});
const stop = client.link.subscribe(() => {
  if (client.link.get().phase !== "live") return;
  stop();
  void fetchAhead();
});
// A page out of the browser's keeping may be older than the server that it finds.
client.link.subscribe(() => {
  if (client.link.get().phase === "live") void isOutdated().then((other) => { if (other) client.notices.patch({ newVersion: "" }); });
});
window.addEventListener("load", () => {
  // What a browser does not keep is asked for: nothing is worse without it.
  keepOffline().catch(() => undefined);
});
const render = () => {
  createRoot(root).render(
    <StrictMode>
      <App client={client} />
    </StrictMode>,
  );
};
// A page in English is better than none.
void speak(preferred()).catch(confess).finally(render);
