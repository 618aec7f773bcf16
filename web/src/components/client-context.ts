import { createContext, use } from "react";
import type { Client } from "../client";

export const ClientContext = createContext<Client | undefined>(undefined);

/** The page's client, given once by main.tsx. */
export function useClient(): Client {
  const client = use(ClientContext);
  if (!client) throw new Error("there is no client above this component");
  return client;
}
