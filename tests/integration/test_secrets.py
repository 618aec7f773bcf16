"""Nothing secret, and nothing a person wrote, gets into the server's log (promise 10)."""

import httpx
from websockets.sync.client import connect

from antiphon.model.ids import new_id
from tests.rest import events, prompt, wait_for
from tests.servers import RunningServer

PROMPT_SECRET = "sk-fake-0123456789-in-a-prompt"
TITLE_SECRET = "a-title-that-nobody-should-read"
KEY_SECRET = "sk-fake-or-v1-of-a-provider"


def test_a_whole_story_leaves_no_secret_in_the_log(running_server: RunningServer) -> None:
    """Signed in, prompted, failed, refused, restarted: the log holds no token, cookie, link or word of a prompt."""
    link = running_server.secret
    page = running_server.browser()
    (cookie,) = page.cookies.values()
    token = running_server.token
    running_server.make_project()
    session = running_server.make_session()["id"]
    with running_server.client() as api:
        for text in (f"say {PROMPT_SECRET}", f"crash {PROMPT_SECRET}"):
            prompt(api, session, text, ifBusy="queue")
            wait_for(api, session, "turn-started")
        wait_for(api, session, "turn-completed")
        api.patch(f"/api/sessions/{session}", json={"title": TITLE_SECRET})
        prompt(api, session, PROMPT_SECRET, key="not an id")
        prompt(api, "no-such-session", PROMPT_SECRET)
        assert api.put("/api/providers/gemini/key", json={"key": KEY_SECRET}).status_code == 200
        assert api.put("/api/providers/gemini/key", json={"key": f"{KEY_SECRET} x"}).status_code == 400
        assert KEY_SECRET not in api.get("/api/providers?fresh=true").text
        for event in events(api, session):
            assert KEY_SECRET not in str(event)
    httpx.get(f"{running_server.url}/api/me?token={token}", headers={"host": "evil.example"})
    httpx.post(f"{running_server.url}/api/sign-in", json={"token": link})
    address = running_server.url.replace("http", "ws", 1) + "/ws"
    with connect(address, additional_headers={"authorization": f"Bearer {token}"}) as socket:
        socket.recv(timeout=5)
        socket.send(f'{{"type":"prompt","id":"{new_id()}","text":"{PROMPT_SECRET}"}}')
        socket.recv(timeout=5)
        running_server.kill()
    running_server.restart()
    running_server.stop()
    said = running_server.log()
    assert '"ready"' in said
    for secret in (
        link,
        cookie,
        token,
        token.removeprefix("antiphon_"),
        PROMPT_SECRET,
        TITLE_SECRET,
        KEY_SECRET,
    ):
        assert secret not in said
