import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

afterEach(cleanup);

// jsdom has none. A field that grows by itself, for one.
Object.assign(globalThis, { CSS: { supports: () => true } });
