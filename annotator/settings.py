"""Every setting: an environment variable, its default, one line of meaning."""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from annotator.errors import Refused


@dataclass(frozen=True, slots=True)
class Setting:
    name: str
    default: str
    meaning: str


SETTINGS = (
    Setting("ANNOTATOR_INSTANCE", "instance", "Folder of the database, the secret key, the backups and the releases."),
    Setting("ANNOTATOR_DATABASE_URL", "", "SQLAlchemy URL; empty: isnad.sqlite3 in the instance folder."),
    Setting("ANNOTATOR_SECRET_KEY", "", "Signs cookies; empty: made at first start, kept in the instance folder."),
    Setting("ANNOTATOR_HTTPS", "0", "1 when a proxy serves the pages over HTTPS: Secure cookies and HSTS."),
    Setting("ANNOTATOR_PROXIES", "0", "Number of trusted proxies in front whose X-Forwarded headers count."),
    Setting("ANNOTATOR_HOSTS", "", "Host names answered to, comma-separated; empty: any."),
    Setting("ANNOTATOR_THREADS", "8", "Threads of the built-in server."),
    Setting("ANNOTATOR_PROCESSES", "1", "Processes of the built-in server, each with as many threads."),
    Setting("ANNOTATOR_LEASE_MINUTES", "120", "How long a sentence stays reserved for whom it was handed to."),
    Setting("ANNOTATOR_MAX_IMPORT_MB", "100", "Largest file accepted by an import."),
    Setting("ANNOTATOR_LANGUAGE", "ar", "Language of pages before sign-in where the browser asks for none: ar or en."),
    Setting("ANNOTATOR_API_RATE", "60000", "Requests a minute to the API from one token or person; 0: any number."),
    Setting("PORT", "5000", "Port on 127.0.0.1 of the built-in server."),
)


@dataclass(frozen=True, slots=True)
class Settings:
    instance: Path
    database_url: str
    https: bool
    proxies: int
    hosts: tuple[str, ...]
    threads: int
    processes: int
    lease_minutes: int
    max_import_bytes: int
    language: str
    api_rate: int  # requests a minute
    port: int
    secret: str  # as given; empty: the file decides

    @property
    def releases(self) -> Path:
        """The folder of frozen datasets, by project and name."""
        return self.instance / "releases"

    def secret_key(self) -> str:
        """The key that signs cookies, made with mode 0600 when there is none yet."""
        if self.secret:
            return self.secret
        path = self.instance / "secret_key"
        try:
            self.instance.mkdir(0o700, parents=True, exist_ok=True)
            with suppress(FileExistsError):
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "w") as file:
                    file.write(secrets.token_hex(32))
            return path.read_text("ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise Refused("The folder {folder} (ANNOTATOR_INSTANCE) cannot be used: {reason}.",
                          folder=str(self.instance), reason=getattr(error, "strerror", None) or str(error),
                          ) from error  # fmt: skip


def read_settings(environment: Mapping[str, str] | None = None, *, root: Path | None = None) -> Settings:
    """The settings of this process; a bad value stops the start and names itself."""
    given = os.environ if environment is None else environment
    values = {setting.name: given.get(setting.name, setting.default) for setting in SETTINGS}
    _refuse_unknown(given, values)
    for name, value in values.items():
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise Refused("{name} holds bytes that are no text.", name=name)
    root = root or Path(__file__).resolve().parent.parent
    instance = (root / values["ANNOTATOR_INSTANCE"]).resolve()
    url = values["ANNOTATOR_DATABASE_URL"] or f"sqlite:///{instance / 'isnad.sqlite3'}"
    secret = values["ANNOTATOR_SECRET_KEY"]
    if secret and len(secret) < 32:
        raise Refused("ANNOTATOR_SECRET_KEY is shorter than 32 characters; leave it out to have one made.")
    language = values["ANNOTATOR_LANGUAGE"]
    if language not in ("ar", "en"):
        raise Refused("ANNOTATOR_LANGUAGE is “{value}”; it must be ar or en.", value=language)
    return Settings(
        instance=instance,
        database_url=_driver(url),
        https=_whole(values, "ANNOTATOR_HTTPS", 0, 1) == 1,
        proxies=_whole(values, "ANNOTATOR_PROXIES", 0, 8),
        hosts=tuple(host.strip() for host in values["ANNOTATOR_HOSTS"].split(",") if host.strip()),
        threads=_whole(values, "ANNOTATOR_THREADS", 1, 256),
        processes=_whole(values, "ANNOTATOR_PROCESSES", 1, 64),
        lease_minutes=_whole(values, "ANNOTATOR_LEASE_MINUTES", 1, 10080),
        max_import_bytes=_whole(values, "ANNOTATOR_MAX_IMPORT_MB", 1, 10000) * 1_000_000,
        language=language,
        api_rate=_whole(values, "ANNOTATOR_API_RATE", 0, 100_000_000),
        port=_whole(values, "PORT", 0, 65535),
        secret=secret,
    )


def _refuse_unknown(given: Mapping[str, str], known: Collection[str]) -> None:
    """A name that is written wrong would leave somebody in the belief that it is set."""
    for name in sorted(given):
        ours, _, rest = name.partition("_")
        if ours == "ANNOTATOR" and name not in known and not rest.startswith(("TEST_", "BENCH_")):
            raise Refused("{name} is no setting; docs/settings.md has all there are.", name=name)


def _driver(url: str) -> str:
    """People write postgresql://; the driver here is psycopg 3."""
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def _whole(values: Mapping[str, str], name: str, low: int, high: int) -> int:
    value = values[name]
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise Refused(
            "{name} is “{value}”; it must be a whole number from {low} to {high}.",
            name=name, value=value, low=low, high=high,
        )  # fmt: skip
    return int(value)
