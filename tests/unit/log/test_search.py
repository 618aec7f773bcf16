"""The index of what was said: what is found, that nothing typed breaks it, and that it is never the truth."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.log import search_words as words
from antiphon.log.search import DATABASE, FIND, Said, SearchIndex, Whose

MINE = Whose(session=1, user=1, project=1, provider="codex", epoch="e1")


def said(text: str, at: int = 1000, **more: object) -> Said:
    return Said(text=text, at=at, role="agent", **more)  # type: ignore[arg-type]


@pytest.fixture
def index(tmp_path: Path):
    with closing(SearchIndex(tmp_path)) as opened:
        yield opened


def found(index: SearchIndex, typed: str, **more: Any) -> list[str]:
    """What is found, the found words in brackets."""
    query = words.query(typed)
    hits = index.find(1, query, **more) if query else []
    return ["".join(f"[{part}]" if at % 2 else part for at, part in enumerate(hit.parts)) for hit in hits]


TEXTS = [
    "The parser's tests are green.",
    "Ein Café in Übersee, getUserName and foo_bar",
    "运行测试并修复解析器。",
    "テストを実行してください",
    "한국어 문장입니다",
    "NEAR(x) OR y AND NOT z",
]


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ("green parser", ["The [parser]'s tests are [green]."]),
        ("pars", ["The [parser]'s tests are green."]),
        ('"pars"', []),
        ('"tests are"', ["The parser's [tests are] green."]),
        ("CAFE ubersee", ["Ein [Café] in [Übersee], getUserName and foo_bar"]),
        ("foo_bar", ["Ein Café in Übersee, getUserName and [foo_bar]"]),
        ("测试", ["运行[测试]并修复解析器。"]),
        ("修复 测试", ["运行[测试]并[修复]解析器。"]),
        ("试测", []),
        ("実行", ["テストを[実行]してください"]),
        ("テスト", ["[テスト]を実行してください"]),
        ("국어", ["한[국어] 문장입니다"]),
        ("NEAR(", ["[NEAR](x) OR y AND NOT z"]),
        ("or", ["NEAR(x) [OR] y AND NOT z"]),
        ("otter", []),
    ],
)
def test_words_are_found(index: SearchIndex, typed: str, what: list[str]) -> None:
    """All words, in any order and case, by their beginnings; Chinese, Japanese and Korean anywhere in a sentence."""
    index.add(MINE, [said(text) for text in TEXTS], 9)
    assert found(index, typed) == what


@given(st.text(max_size=60) | st.text('"*()^:-+{}AND OR NOT NEAR测\0\ud800\u200b', max_size=30))
def test_nothing_typed_breaks_it(typed: str) -> None:
    """Whatever is typed is a query without an error, or nothing to look for."""
    query = words.query(typed)
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE VIRTUAL TABLE said USING fts5 (text, tokenize = 'unicode61 remove_diacritics 2')")
        if query is not None:
            db.execute("SELECT * FROM said WHERE said MATCH ?", (query,)).fetchall()


@given(st.text(max_size=80))
def test_a_snippet_is_the_text(text: str) -> None:
    """What is kept apart for the index is together again in what people read."""
    plain = "".join(c for c in text if c not in "\u200b\ue000\ue001\0" and not "\ud800" <= c <= "\udfff")
    assert words.parts(words.indexed(text)) == [plain]


def test_the_newest_first_and_page_by_page(index: SearchIndex) -> None:
    """By the time it was said, whatever order it came in, also within one ms; a page goes on where the last ended."""
    index.add(MINE, [said("word one", 3000), said("word two", 1000), said("word three", 1000)], 3)
    index.add(Whose(session=2, user=1, project=2, provider="claude", epoch="e"), [said("word four", 2000)], 1)
    assert found(index, "word") == ["[word] one", "[word] four", "[word] three", "[word] two"]
    first = index.find(1, '"word"', limit=2)
    assert [hit.at for hit in first] == [3000, 2000]
    assert [hit.session for hit in index.find(1, '"word"', before=first[-1].key)] == [1, 1]
    assert found(index, "word", project=2) == ["[word] four"]
    assert found(index, "word", provider="claude") == ["[word] four"]
    assert found(index, "word", provider="claude", project=1) == []


def test_odd_times_have_their_place(index: SearchIndex) -> None:
    """A record's time may be anything: before 1970 and far ahead are the ends of the list, not a failure."""
    index.add(
        MINE, [said("word now", 1_790_000_000_000), said("word never", -5), said("word once", 2**60)], 3
    )
    assert found(index, "word") == ["[word] once", "[word] now", "[word] never"]


def test_it_is_only_its_owners(index: SearchIndex) -> None:
    """Another user finds nothing of it."""
    index.add(MINE, [said("secret")], 1)
    assert index.find(2, '"secret"') == []


def test_the_same_again_adds_nothing(index: SearchIndex) -> None:
    """What is indexed up to a seq is indexed once."""
    index.add(MINE, [said("word")], 5)
    index.add(MINE, [said("word")], 5)
    index.add(MINE, [said("more", seq=7)], 7)
    assert found(index, "word") == ["[word]"]
    assert index.progress([1, 2])[1].seq == 7
    assert index.progress([2]) == {}


def test_another_past_takes_its_place(index: SearchIndex) -> None:
    """A restored log, and a log that has what only the agent's file had: nothing of before is found."""
    index.add(MINE, [said("early")], 0, "a file")
    index.add(MINE, [said("late", seq=2)], 2)
    assert (found(index, "early"), found(index, "late")) == ([], ["[late]"])
    index.add(Whose(session=1, user=1, project=1, provider="codex", epoch="e2"), [said("other")], 1)
    assert (found(index, "late"), found(index, "other")) == ([], ["[other]"])


@pytest.mark.parametrize("harm", [b"no database at all", b""], ids=["damaged", "empty"])
def test_it_is_made_anew(tmp_path: Path, harm: bytes) -> None:
    """A damaged file, an empty one and one of another version are no obstacle: it is filled again."""
    SearchIndex(tmp_path).close()
    (tmp_path / DATABASE).write_bytes(harm * 300)
    with closing(SearchIndex(tmp_path)) as index:
        index.add(MINE, [said("word")], 1)
    with closing(sqlite3.connect(tmp_path / DATABASE)) as raw:
        raw.execute("PRAGMA user_version = 999")
    with closing(SearchIndex(tmp_path)) as index:
        assert index.progress([1]) == {}
        index.add(MINE, [said("word")], 1)
        assert found(index, "word") == ["[word]"]
    assert (tmp_path / DATABASE).stat().st_mode & 0o077 == 0


def test_a_page_walks_the_newest(index: SearchIndex) -> None:
    """A search reads along the index in its own order: nothing is sorted."""
    with closing(sqlite3.connect(index.path)) as raw:
        values = {"query": '"x"', "user": 1, "project": None, "provider": None, "before": 9, "limit": 5}
        rows = raw.execute(f"EXPLAIN QUERY PLAN {FIND}", values | {"words": 9, "hit": "", "over": ""})
        plan = "\n".join(row[3] for row in rows)
    assert "entry USING INTEGER PRIMARY KEY" in plan
    assert "TEMP B-TREE" not in plan
