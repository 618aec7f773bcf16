import { expect, test } from "vitest";
import { colouredOutput, plainOutput } from "./ansi";

const ESC = "\u001b";

test("colours become classes, and what follows a reset is plain", () => {
  expect(colouredOutput(`${ESC}[1;31mFAIL${ESC}[0m src/a.ts ${ESC}[92mok${ESC}[39m.`)).toEqual([
    { text: "FAIL", className: "ansi-red ansi-bold" },
    { text: " src/a.ts ", className: undefined },
    { text: "ok", className: "ansi-green" },
    { text: ".", className: undefined },
  ]);
});

test("256 and true colours are the nearest of the eight; backgrounds are left out", () => {
  const looks = (codes: string) => colouredOutput(`${ESC}[${codes}mx`)[0]?.className;
  expect(looks("38;5;196")).toBe("ansi-red");
  expect(looks("38;2;20;220;40")).toBe("ansi-green");
  expect(looks("38:2:30:60:250")).toBe("ansi-blue");
  expect(looks("48;5;196")).toBeUndefined();
  expect(looks("41")).toBeUndefined();
  expect(looks("48;5;196;33")).toBe("ansi-yellow");
});

test("what moves the cursor, names the window or rings is gone, also cut off at the end", () => {
  const output = `${ESC}]0;title\u0007a${ESC}[2Kb${ESC}[?25lc\u0007${ESC}(Bd${ESC}]8;;http://x.invalid${ESC}\\e${ESC}[3`;
  expect(plainOutput(output)).toBe("abcde");
  expect(colouredOutput(output)).toEqual([{ text: "abcde", className: undefined }]);
});

test("a line that was written over is what it says at last; line ends of Windows are line ends", () => {
  expect(plainOutput("10 %\r50 %\r100 %\ndone\r\nnext\r")).toBe("100 %\ndone\nnext");
});

test("text without any of it is left as it is, letters of all scripts too", () => {
  expect(plainOutput("größe\t漢字 🙂\n")).toBe("größe\t漢字 🙂\n");
});
