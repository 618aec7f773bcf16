import { expect, test } from "vitest";
import { findLoginWords, type Row } from "./login-words";

/** Rows as a terminal of this width shows what was printed. */
const shown = (text: string, columns = 80): Row[] =>
  text.split("\n").flatMap((line) => {
    const rows = line.match(new RegExp(`.{1,${columns}}`, "g")) ?? [""];
    return rows.map((row, index) => ({ text: row, wrapped: index > 0 }));
  });

/** Rows as a program draws them that breaks lines itself. */
const drawn = (text: string): Row[] => text.split("\n").map((row) => ({ text: row, wrapped: false }));

const LONG = `https://claude.ai/oauth/authorize?code=true&client_id=9d1c250a&redirect_uri=${"x".repeat(120)}&state=abc`;

test("the real Claude Code: an address that the terminal breaks", () => {
  const rows = shown(`Opening browser to sign in…\nIf the browser didn't open, visit:\n${LONG}\nPaste code here if prompted > `);
  expect(findLoginWords(rows, 80)).toEqual({ address: LONG, code: undefined });
});

test("Codex's device code, and where to enter it", () => {
  const rows = shown(`Follow these steps to sign in with ChatGPT using device code authorization:

1. Open this link in your browser and sign in to your account
   https://auth.openai.com/codex/device

2. Enter this one-time code (expires in 15 minutes)
   7Q2K-94XBT

Device codes are a common phishing target. Never share this code.`);
  expect(findLoginWords(rows, 80)).toEqual({ address: "https://auth.openai.com/codex/device", code: "7Q2K-94XBT" });
});

test("an address that the program breaks itself, within a frame", () => {
  const rows = drawn(`╭${"─".repeat(38)}╮
│ ${LONG.slice(0, 36)} │
│ ${LONG.slice(36, 72)} │
${LONG.slice(72).replace(/.{1,36}/g, (part) => `│ ${part.padEnd(36)} │\n`)}│ Paste the code:                      │
╰${"─".repeat(38)}╯`);
  expect(findLoginWords(rows, 40).address).toBe(LONG);
});

test("what follows an address that ends before its row does is no part of it", () => {
  expect(findLoginWords(drawn("Go to https://a.example/login\nthen"), 80).address).toBe("https://a.example/login");
  expect(findLoginWords(drawn("Go to https://a.example/login.\n\nthen"), 20).address).toBe("https://a.example/login");
});

test("the address to sign in at is taken rather than one to read, whichever comes last", () => {
  const rows = drawn("https://a.example/oauth?x=1\nTerms: https://a.example/docs/terms");
  expect(findLoginWords(rows, 80).address).toBe("https://a.example/oauth?x=1");
  expect(findLoginWords(drawn("Terms: https://geminicli.com/docs/resources/tos-privacy/"), 80).address).toBeUndefined();
  expect(findLoginWords(drawn("Open https://a.example/x7Kq"), 80).address).toBe("https://a.example/x7Kq");
});

test("only https, and nothing that hides where it leads", () => {
  for (const text of [
    "http://a.example/login",
    "javascript:alert(1)//login",
    "https://claude.ai@evil.example/login",
    "https://user:word@evil.example/login",
  ])
    expect(findLoginWords(drawn(text), 80).address).toBeUndefined();
});

test("the last address and the last code count: a login that was tried again has new ones", () => {
  const rows = drawn("https://a.example/device\ncode: AAAA-1111\nIt is over. Again:\nhttps://b.example/device\ncode: BBBB-2222");
  expect(findLoginWords(rows, 80)).toEqual({ address: "https://b.example/device", code: "BBBB-2222" });
});

test("codes in other shapes; and what is none", () => {
  expect(findLoginWords(drawn("Your code: WDJB2MHT"), 80).code).toBe("WDJB2MHT");
  expect(findLoginWords(drawn("First copy your one-time code: AB12-CD34"), 80).code).toBe("AB12-CD34");
  for (const text of ["Text is in UTF-8, your code too", "GPT-5 wrote this", "error ABCD-1234", "the code of https://a.example/ABCD-1234", "code a-b"])
    expect(findLoginWords(drawn(text), 80).code, text).toBeUndefined();
});
