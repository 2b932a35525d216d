"""An address is copied whole."""

import pytest

from app.assistant.addresses import addresses, wrong_addresses


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Voir https://www.service-public.fr/vos-droits/F1234.", {"https://www.service-public.fr/vos-droits/f1234"}),
        (
            "Écrire à mairie@saint-aubin.fr, ou sur saint-aubin.fr/contact.",
            {"mairie@saint-aubin.fr", "saint-aubin.fr/contact"},
        ),
        ("[ici](javascript:alert) (www.exemple.org)", {"javascript:alert", "www.exemple.org"}),
        ("Le tarif est de 3.85 euros, cf. art. L. 123-4 du C.G.C.T. et M. Dupont.", set()),
    ],
)
def test_what_an_address_is(text: str, found: set[str]) -> None:
    assert addresses(text) == found


def test_another_path_of_the_same_host_is_another_address() -> None:
    source = "Le dossier est déposé sur https://demarches.exemple.fr/a, avant le 3 mars."
    assert wrong_addresses("Le dossier est déposé sur https://demarches.exemple.fr/a.", source) == []
    assert wrong_addresses("Le dossier est déposé sur https://demarches.exemple.fr/b.", source) == [
        "https://demarches.exemple.fr/b"
    ]


@pytest.mark.parametrize("run", ["a", "1", "a.", "a-", "deux-"])
def test_a_long_run_without_an_address_is_read_once(run: str) -> None:
    """A second of work; hours, if it were read again from each of its characters."""
    assert addresses(run * 300_000) == set()


def test_a_scheme_after_letters_or_digits_hides_no_address() -> None:
    assert wrong_addresses("Voir 1" + "x" * 50 + "http://ailleurs.exemple/a.", "Voir le guide.") != []
