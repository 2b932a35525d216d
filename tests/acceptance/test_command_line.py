"""The command line is a contract: its JSON, its exit codes, its start-up cost."""

from __future__ import annotations

import hashlib
import resource
import shutil
import subprocess
from pathlib import Path

import pytest

from models.registry import packaged_cards
from tests.acceptance.conftest import COLLECTION, ROOT, SAMPLE, Greffier, command, environment, json_of

pytestmark = pytest.mark.acceptance

DOCUMENT = {"id", "path", "title", "collection", "sha256"}
HIT = {"rank", "score", "document", "page", "heading", "passage_id", "text"}
HEAVY = (
    "torch",
    "sentence_transformers",
    "transformers",
    "faiss",
    "tantivy",
    "sqlalchemy",
    "streamlit",
    "llama_cpp",
    "numpy",
)


def test_help_is_light() -> None:
    """Half a second of CPU time at most, and none of the heavy libraries imported."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command("--help"), cwd=ROOT, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert "ingest" in done.stdout
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5
    script = f"import sys\nimport app.cli\nprint([one for one in {HEAVY!r} if one in sys.modules])"
    loaded = subprocess.run([command()[0], "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_search_prints_the_json_of_the_design(sample_data_dir: Path, greffier: Greffier) -> None:
    done = greffier(sample_data_dir, "search", "tarif de la cantine", "-k", "5", "--collection", COLLECTION, "--json")
    found = json_of(done)
    assert done.returncode == 0
    assert set(found) == {"question", "collections", "elapsed_ms", "hits"}
    assert found["collections"] == [COLLECTION]
    assert [hit["rank"] for hit in found["hits"]] == [1, 2, 3, 4, 5]
    assert all(set(hit) == HIT and set(hit["document"]) == DOCUMENT for hit in found["hits"])
    scores = [hit["score"] for hit in found["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert found["hits"][0]["document"]["path"] == "deliberation-2025-041-tarifs-restauration.pdf"


def test_ask_prints_the_json_of_the_design(sample_data_dir: Path, greffier: Greffier) -> None:
    done = greffier(sample_data_dir, "ask", "Quel est le délai de convocation du conseil municipal ?", "--json")
    answer = json_of(done)
    assert done.returncode == 0
    assert set(answer) >= {"question", "kind", "sentences", "citations", "hits", "model", "timings_ms"}
    assert answer["kind"] == "quoted"
    assert any("cinq jours francs" in sentence["text"] for sentence in answer["sentences"])
    assert all(set(one) == {"text", "markers", "certified_by"} for one in answer["sentences"])
    assert all(
        set(one) == {"marker", "document", "page", "start", "end", "quote"} and set(one["document"]) == DOCUMENT
        for one in answer["citations"]
    )
    assert set(answer["timings_ms"]) == {"retrieve", "first_quote", "first_sentence", "total"}


def test_evaluate_prints_figures_with_their_numbers(sample_data_dir: Path, greffier: Greffier) -> None:
    figures = json_of(greffier(sample_data_dir, "evaluate", SAMPLE / "questions.jsonl", "--json"))
    assert figures["questions"] == 60
    assert set(figures["retrieval"]) == {"keywords", "vectors", "hybrid"}
    for mode in figures["retrieval"].values():
        assert set(mode) == {"recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10"}
        assert all(one["n"] == 40 and 0 <= one["value"] <= 1 for one in mode.values())
    assert set(figures["answers"]) == {"containment", "citation_precision", "refusal_precision", "refusal_recall"}
    assert figures["answers"]["refusal_recall"]["n"] == 20
    assert set(figures["latency_ms"]) == {"p50", "p95"}
    hybrid, keywords = figures["retrieval"]["hybrid"], figures["retrieval"]["keywords"]
    assert hybrid["recall@5"]["value"] >= keywords["recall@5"]["value"]
    retrieval_only = json_of(
        greffier(sample_data_dir, "evaluate", SAMPLE / "questions.jsonl", "--retrieval-only", "--json")
    )
    assert "answers" not in retrieval_only
    assert retrieval_only["retrieval"] == figures["retrieval"]


def test_a_second_ingestion_does_no_work(sample_data_dir: Path, greffier: Greffier) -> None:
    report = json_of(greffier(sample_data_dir, "ingest", SAMPLE / "documents", "--collection", COLLECTION, "--json"))
    assert report["unchanged"] == len(report["files"]) == 22
    assert report["added"] == report["changed"] == report["failed"] == 0


def test_status_check_and_models(sample_data_dir: Path, greffier: Greffier) -> None:
    assert json_of(greffier(sample_data_dir, "status", "--json"))["collections"][0]["documents"] == 22
    assert json_of(greffier(sample_data_dir, "check", "--json")) == {"sound": True, "problems": []}
    models = json_of(greffier(sample_data_dir, "models", "list", "--json"))["models"]
    assert {one["role"]: one["languages"] for one in models} == {
        "embedder": ["fr", "en"],
        "generator": ["en"],
        "reader": ["fr", "en"],
    }
    assert {one["state"] for one in models} == {"verified"}
    assert greffier(sample_data_dir, "models", "verify").returncode == 0


def test_a_model_from_a_medium_is_added_verified_and_removed(tmp_path: Path, greffier: Greffier) -> None:
    """The packaged generator's file, brought as a stick would bring it; then a byte of the copy changes."""
    packaged = next(Path(one.path) for one in packaged_cards() if one.role == "generator")
    stick, data_dir = tmp_path / "stick", tmp_path / "data"
    stick.mkdir()
    shutil.copyfile(packaged, stick / "petit.gguf")
    sha256 = hashlib.sha256(packaged.read_bytes()).hexdigest()
    (stick / "manifest.toml").write_text(
        f'[[models]]\nfile = "petit.gguf"\nsha256 = "{sha256}"\nlicence = "Apache-2.0"\n'
        'publisher = "Hugging Face TB"\nlanguages = ["fr", "en"]\n'
    )
    added = greffier(data_dir, "models", "add", stick, "--json")
    assert added.returncode == 0, added.stderr
    copy = Path(json_of(added)["added"][0]["path"])
    assert copy == data_dir / "models" / "petit.gguf"
    first = json_of(greffier(data_dir, "models", "list", "--json"))["models"][0]
    assert (first["name"], first["serves"], first["state"]) == ("petit", ["fr", "en"], "verified")
    with copy.open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x55")
    assert greffier(data_dir, "models", "verify").returncode == 3
    assert greffier(data_dir, "models", "use", "petit").returncode == 3
    assert greffier(data_dir, "models", "remove", "petit", "--delete-file").returncode == 0
    assert not copy.exists()
    assert greffier(data_dir, "models", "verify").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["ask", "   "], 2),
        (["search", "x", "--collection", "absente"], 2),
        (["evaluate", "absent.jsonl"], 2),
        (["nothing"], 2),
        (["ingest", "absent", "--collection", "../x"], 2),
    ],
)
def test_wrong_usage_is_told_in_a_line(
    arguments: list[str], status: int, sample_data_dir: Path, greffier: Greffier
) -> None:
    done = greffier(sample_data_dir, *arguments)
    assert done.returncode == status
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


def test_a_broken_catalogue_is_told_with_exit_code_four(tmp_path: Path, greffier: Greffier) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "catalogue.sqlite3").write_bytes(b"not a database" * 500)
    for arguments in (["search", "x", "--json"], ["check"], ["ingest", str(SAMPLE / "documents"), "--collection", "c"]):
        done = greffier(tmp_path / "data", *arguments)
        assert done.returncode == 4, done.stderr
        assert "catalogue" in done.stderr.lower()
        assert "Traceback" not in done.stderr


def test_a_bad_setting_is_named(tmp_path: Path) -> None:
    env = {**environment(tmp_path), "GREFFIER_PORT": "many"}
    done = subprocess.run(command("status"), cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "GREFFIER_PORT" in done.stderr
