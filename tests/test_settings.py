"""Settings that make no sense stop the start."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.errors import Refused
from annotator.settings import read_settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ANNOTATOR_HTTPS", "yes"),
        ("ANNOTATOR_PROXIES", "-1"),
        ("ANNOTATOR_THREADS", "0"),
        ("ANNOTATOR_LEASE_MINUTES", "1.5"),
        ("ANNOTATOR_MAX_IMPORT_MB", "٣"),
        ("ANNOTATOR_LANGUAGE", "fr"),
        ("ANNOTATOR_SECRET_KEY", "short"),
        ("PORT", "65536"),
    ],
)
def test_a_bad_value_stops_the_start_and_is_named(name: str, value: str) -> None:
    with pytest.raises(Refused, match=name):
        read_settings({name: value})


def test_the_short_forms_of_a_postgresql_address_work(tmp_path: Path) -> None:
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        found = read_settings({"ANNOTATOR_INSTANCE": str(tmp_path), "ANNOTATOR_DATABASE_URL": f"{scheme}://h/d"})
        assert found.database_url == "postgresql+psycopg://h/d"
