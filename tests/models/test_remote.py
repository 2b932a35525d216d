"""A generator at an address: only one that is listed, nothing between it and us, and an end to everything."""

from __future__ import annotations

import gc
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from models.errors import AddressNotListed, BadAddress, ModelFailure, RemoteFailed
from models.protocols import Generator, Prompt
from models.remote import RemoteGenerator
from tests.openai_server import Answer, Served, document, event, piece, serving, stream

ASKED = Prompt("Sois bref.", "Quel est le tarif ?", 48, ("\n\n",))
WORDS = ("Le ", "tarif ", "est ", "de 3,50 €.")
GOOD = stream(b": hello\n\n", piece(None), *map(piece, WORDS), piece(None, "stop"), event(b"[DONE]"))


def remote(served: Served, **options: float) -> RemoteGenerator:
    return RemoteGenerator(served.url, "essai", served.allowed, **{"silence_seconds": 5, **options})  # type: ignore[arg-type]


def answer_of(generator: Generator, asked: Prompt = ASKED) -> str:
    return "".join(generator.generate(asked, asker="a"))


@pytest.fixture(autouse=True)
def nothing_left_open() -> Iterator[None]:
    """A socket that is left to the collector is a warning, and warnings are errors."""
    yield
    gc.collect()


def test_an_answer_comes_in_pieces() -> None:
    with serving(GOOD) as served:
        assert list(remote(served).generate(ASKED, asker="a")) == list(WORDS)
    [(path, body, headers)] = served.asked
    assert path == "/v1/chat/completions"
    assert body["messages"] == [
        {"role": "system", "content": "Sois bref."},
        {"role": "user", "content": "Quel est le tarif ?"},
    ]
    assert (body["model"], body["stream"], body["max_tokens"], body["stop"]) == ("essai", True, 48, ["\n\n"])
    assert body["temperature"] == 0
    assert "Authorization" not in headers


def test_its_card_names_the_model_and_the_address() -> None:
    generator = RemoteGenerator("https://llm.mairie.example/v1", "petit", ("llm.mairie.example:443",))
    assert (generator.card.name, generator.card.path) == ("petit", "https://llm.mairie.example/v1")
    assert (generator.card.role, generator.card.languages) == ("generator", ("fr", "en"))


def test_a_token_is_sent_where_there_is_one() -> None:
    with serving(GOOD) as served:
        answer_of(RemoteGenerator(served.url, "essai", served.allowed, key="secret"))
    assert served.asked[0][2]["Authorization"] == "Bearer secret"


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://127.0.0.1:8000/v1", ()),
        ("http://127.0.0.1:8000/v1", ("127.0.0.1:8001",)),
        ("http://127.0.0.1:8000/v1", ("127.0.0.1.example:8000", "localhost:8000")),
        ("https://llm.example/v1", ("llm.example:80",)),
        ("http://llm.example.attacker.example:80/v1", ("llm.example:80",)),
        ("http://[fd00::1]:8000/v1", ("[fd00::2]:8000",)),
    ],
)
def test_an_address_that_is_not_listed_is_refused(url: str, allowed: tuple[str, ...]) -> None:
    with pytest.raises(AddressNotListed) as refused:
        RemoteGenerator(url, "essai", allowed)
    assert refused.value.exit_code == 3


@pytest.mark.parametrize(
    "url",
    [
        "", "llm.example:8000", "ftp://llm.example:8000", "http://", "http://llm.example:x/", "file:///etc/passwd",
        "http://user:secret@llm.example:8000/v1", "http://llm.example:8000/v1?x=1", "http://llm.example:8000/#a",
        "http://llm.example:8000/v1\nHost: x", "http://llm .example:8000",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    with pytest.raises(BadAddress) as refused:
        RemoteGenerator(url, "essai", ("llm.example:8000", "user:secret@llm.example:8000"))
    assert refused.value.exit_code == 2
    assert "secret" not in str(refused.value)


def test_an_address_without_a_models_name_is_refused() -> None:
    with pytest.raises(BadAddress):
        RemoteGenerator("http://127.0.0.1:8000/v1", " ", ("127.0.0.1:8000",))


def test_names_are_listed_in_any_case_and_ipv6_in_brackets() -> None:
    RemoteGenerator("http://LLM.Mairie.example:8000", "essai", ("llm.mairie.Example:8000",))
    RemoteGenerator("http://[fd00::1]:8000/v1", "essai", ("[fd00::1]:8000",))


def test_a_redirect_is_not_followed() -> None:
    with serving(GOOD) as elsewhere:
        with serving(document({}, 302, Location=f"{elsewhere.url}/chat/completions")) as served:
            with pytest.raises(RemoteFailed, match="HTTP 302"):
                answer_of(remote(served))
            assert remote(served).count("abcd") == 1
        assert elsewhere.asked == []


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(document({}, 502)) as proxy, serving(GOOD) as served:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("no_proxy", "")
        assert answer_of(remote(served)) == "".join(WORDS)
        assert proxy.asked == []


@pytest.mark.parametrize(
    ("chat", "said"),
    [
        (document({"error": "no such model"}, 404), "HTTP 404"),
        (document({}, 500), "HTTP 500"),
        (stream(piece("Le "), piece("tarif ")), "cut short"),
        (stream(piece("Le "), event({"error": {"message": "out of memory"}})), "out of memory"),
        (stream(event(b"{nothing")), "JSON"),
        (stream(event(b"[" * 100_000)), "."),
        (stream(event(b"[1]")), "1"),
        (stream(event({"choices": [3]})), "choices"),
        (stream(event({"choices": [{"delta": {"content": 3}}]})), "content"),
        (stream(b"data: " + b"x" * 3_000_000), "line beyond"),
        (stream(b"<html>not a stream</html>"), "cut short"),
    ],
)
def test_what_does_not_answer_as_it_should_is_told(chat: Answer, said: str) -> None:
    with serving(chat) as served, pytest.raises(RemoteFailed, match=said) as failed:
        answer_of(remote(served))
    assert failed.value.exit_code == 4


def test_an_address_where_nobody_listens_is_told_and_counts_all_the_same() -> None:
    with serving(GOOD) as served:
        pass
    generator = remote(served)
    assert generator.count("Le tarif") == 2
    with pytest.raises(RemoteFailed, match="refused"):
        answer_of(generator)


def test_a_silent_address_is_given_up() -> None:
    with serving(stream(piece("Le "), b"", pause=3)) as served:
        began = time.monotonic()
        with pytest.raises(RemoteFailed):
            answer_of(remote(served, silence_seconds=0.3))
        assert time.monotonic() - began < 2


def test_an_address_that_never_ends_is_given_up() -> None:
    """A byte now and then is no silence: the whole has a limit too."""
    with serving(stream(*[b"x"] * 400, pause=0.05)) as served:
        began = time.monotonic()
        with pytest.raises(RemoteFailed, match="more than"):
            answer_of(remote(served, total_seconds=0.5))
        assert time.monotonic() - began < 3
        assert served.hung_up.wait(5)


def test_no_more_is_taken_than_was_asked_for() -> None:
    with serving(stream(*[piece("bla " * 10)] * 1000)) as served:
        assert len(answer_of(remote(served), Prompt("s", "u", 4))) <= 4 * 32


def test_a_cancelled_answer_ends_at_once_and_hangs_up() -> None:
    with serving(stream(*[piece("bla ")] * 400, pause=0.05)) as served:
        generation = remote(served).generate(ASKED, asker="a")
        threading.Timer(0.3, generation.cancel).start()
        began = time.monotonic()
        pieces = list(generation)
        assert time.monotonic() - began < 2
        assert 0 < len(pieces) < 50
        assert served.hung_up.wait(5)


def test_an_answer_that_is_cancelled_before_its_first_word_ends_without_any() -> None:
    with serving(stream(b"", piece("trop tard"), pause=3)) as served:
        generation = remote(served).generate(ASKED, asker="a")
        threading.Timer(0.2, generation.cancel).start()
        began = time.monotonic()
        assert list(generation) == []
        assert time.monotonic() - began < 2


def test_what_is_cancelled_before_it_begins_asks_nothing() -> None:
    with serving(GOOD) as served:
        generation = remote(served).generate(ASKED, asker="a")
        assert generation.position == 0
        generation.cancel()
        assert list(generation) == []
        assert served.asked == []


def test_an_iteration_that_is_dropped_hangs_up() -> None:
    with serving(stream(*[piece("bla ")] * 400, pause=0.05)) as served:
        pieces = iter(remote(served).generate(ASKED, asker="a"))
        assert next(pieces) == "bla "
        pieces.close()  # type: ignore[attr-defined]
        assert served.hung_up.wait(5)


def test_closing_ends_what_runs() -> None:
    with serving(stream(*[piece("bla ")] * 400, pause=0.05)) as served:
        generator = remote(served)
        generation = generator.generate(ASKED, asker="a")
        pieces = iter(generation)
        next(pieces)
        generator.close()
        began = time.monotonic()
        assert len(list(pieces)) < 50
        assert time.monotonic() - began < 2


def test_tokens_are_counted_where_the_address_can() -> None:
    with serving(GOOD, document({"tokens": [1, 2, 3, 4, 5]})) as served:
        assert remote(served).count("Le tarif") == 5
    path, body, _ = served.asked[0]
    assert path == "/tokenize"
    assert body["content"] == body["prompt"] == "Le tarif"


@pytest.mark.parametrize(
    "tokenize",
    [None, document({}), document([]), document({"tokens": 3}), document({}, 500), stream(b"[" * 100_000)],
)
def test_where_it_cannot_a_token_is_four_characters(tokenize: Answer | None) -> None:
    with serving(GOOD, tokenize) as served:
        generator = remote(served)
        assert [generator.count(text) for text in ("", "a", "abcd", "abcde")] == [0, 1, 1, 2]
        assert served.paths() == ["/tokenize"], "an address that does not count is not asked again at once"


def test_what_listens_and_says_nothing_is_not_waited_for() -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        url = f"http://127.0.0.1:{mute.getsockname()[1]}/v1"
        generator = RemoteGenerator(url, "essai", (url[7:-3],), silence_seconds=0.3)
        with pytest.raises(ModelFailure):
            answer_of(generator)
