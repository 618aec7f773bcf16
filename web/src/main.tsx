import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Client } from "./client";
import { App } from "./components/app";
import "./style.css";

/** The one-time token of a sign-in link; it stands in the fragment, which no server and no log sees. */
function takeToken(): string | undefined {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token) history.replaceState(null, "", location.pathname + location.search);
  return token ?? undefined;
}

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
const client = new Client();
void client.start(takeToken());
createRoot(root).render(
  <StrictMode>
    <App client={client} />
  </StrictMode>,
);
