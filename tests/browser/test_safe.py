"""Whatever an agent writes is shown, never run, and fetches nothing."""

import asyncio

import pytest
from playwright.async_api import expect

from tests.browser.pages import Desk

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

ATTACKS = [
    "<script>window.ran = 1</script>",
    "<img src=x onerror='window.ran = 2'>",
    "<svg onload='window.ran = 3'><animate onbegin='window.ran = 3' attributeName=x dur=1s></svg>",
    "<iframe srcdoc='<script>parent.ran = 4</script>'></iframe>",
    "<details open ontoggle='window.ran = 5'><summary>x</summary></details>",
    "<a href='javascript:window.ran = 6'>six</a>",
    "[seven](javascript:window.ran=7)",
    "[eight](JaVaScRiPt&colon;window.ran=8 'title')",
    "[nine](data:text/html,<script>opener.ran=9</script>)",
    '![ten](x"onerror="window.ran=10)',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=window.ran=11&gt;">',
    "<form action='javascript:window.ran=12'><input autofocus onfocus='window.ran=12'><button>go</button></form>",
    "<style>@import 'javascript:window.ran=13'; body { display: none }</style>",
    "<object data='javascript:window.ran=14'></object><embed src='javascript:window.ran=14'>",
    "<base href='https://attacker.invalid/'>",
    "<meta http-equiv=refresh content='0;url=javascript:window.ran=16'>",
    "```html\n<img src=x onerror=window.ran=17>\n```",
    "`<img src=x onerror=window.ran=18>`",
    '<https://ok.invalid/"onmouseover="window.ran=19>',
    "<div id=root>clobbered</div><form name=body></form><img name=getElementById>",
]
"""What is not code must not become code: HTML, links, images, half-open tags, clobbering."""

UNSAFE = """() => [...document.querySelectorAll("main *")].flatMap((node) => [
  ...(/^(script|iframe|object|embed|form|style|base|meta|link|svg:script)$/i.test(node.tagName) ? [node.tagName] : []),
  ...[...node.attributes].filter(({name, value}) =>
      /^on/i.test(name) || /^\\s*(javascript|data|vbscript):/i.test(value)).map(({name, value}) => `${name}=${value}`),
])"""


@pytest.mark.parametrize("policy", [True, False], ids=["with-its-policy", "without-its-policy"])
async def test_nothing_of_a_message_runs(make_desk, policy: bool) -> None:
    """Streamed, settled and reloaded, in message, prompt, title, thought, tool and diff; with the server's policy and without."""
    desk: Desk = await make_desk()
    await desk.sign_in(bypass_csp=not policy)
    tab = await desk.session_tab()
    foreign: list[str] = []
    tab.page.on("request", lambda asked: foreign.append(asked.url) if desk.foreign(asked.url) else None)
    corpus = "\n\n".join(ATTACKS)
    await tab.done(f"say {corpus}", limit_s=30)
    await tab.done(f"think {ATTACKS[1]}")
    await tab.items("reasoning").get_by_role("button").click()
    await tab.prompt(f"write a.html: {ATTACKS[0]}{ATTACKS[1]}")
    await tab.option("allow-once").click()
    await tab.turn_is("completed")
    for _ in range(2):
        await tab.turn_is("completed")
        await expect(tab.by("diff").last).to_contain_text("window.ran = 1")
        for link in await tab.page.locator("main .prose a").all():
            await link.dispatch_event("click")
        assert await tab.page.evaluate(UNSAFE) == []
        assert await tab.page.evaluate("window.ran") is None
        assert (
            await tab.page.evaluate("document.body.id + getComputedStyle(document.body).display") == "block"
        )
        await tab.reload()
    assert not foreign, "it reached out"
    assert not tab.errors


async def test_an_image_is_not_fetched(desk: Desk) -> None:
    """A picture's address can carry secrets away: nothing is fetched from elsewhere."""
    tab = await desk.session_tab()
    foreign: list[str] = []
    tab.page.on("response", lambda given: foreign.append(given.url) if desk.foreign(given.url) else None)
    async with asyncio.TaskGroup() as group:
        stranger = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
        port = stranger.sockets[0].getsockname()[1]
        group.create_task(
            tab.done(f"say ![x](http://127.0.0.1:{port}/?secret) <img src=http://127.0.0.1:{port}/2>")
        )
    await expect(tab.message).to_be_visible()
    stranger.close()
    assert not foreign
