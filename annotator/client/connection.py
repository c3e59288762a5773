"""Requests that are sent again when that is safe, and refusals that carry their problem document."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

from annotator.client.shapes import Fault, Problem

WAIT, LONGEST_WAIT = 0.5, 30.0  # seconds before the second try; doubled for each further one
NOT_TAKEN = frozenset({429, 503})  # the server did nothing: safe to send again
Sleep = Callable[[float], None]


class ApiError(Exception):
    """The server refused. `problem` is its problem document (RFC 9457), `faults` what was wrong where."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.status: int = problem["status"]
        self.faults: list[Fault] = problem.get("faults", [])
        super().__init__(f"{self.status} {problem['title']}: {problem.get('detail', '')}")


class Stale(ApiError):
    """Another version of the answer stands (412): `current` is that one, `yours` what was sent."""

    @property
    def current(self) -> Mapping[str, Any] | None:
        return self.problem.get("current")

    @property
    def yours(self) -> Any:
        return self.problem.get("yours")


class Unreachable(Exception):
    """No answer came, however often it was tried."""


class Connection:
    """One server and one token. Not for several threads at once."""

    def __init__(self, url: str, token: str, *, timeout: float, attempts: int, sleep: Sleep = time.sleep) -> None:
        self.attempts, self._sleep = attempts, sleep
        self._http = httpx.Client(
            base_url=url.rstrip("/") + "/api/v1/",
            headers={"Authorization": f"Bearer {token}", "Accept-Language": "en", "User-Agent": "isnad-client"},
            timeout=timeout,
        )

    def close(self) -> None:
        self._http.close()

    def send(self, method: str, path: str, *, repeatable: bool = True, **more: Any) -> httpx.Response:
        """The answer of a success. What is `repeatable` is sent again after a lost connection too.

        Raises ApiError for a refusal, Unreachable when every try failed.
        """
        return self._tried(lambda: self._http.request(method, path, **more), repeatable=repeatable)

    @contextmanager
    def stream(self, path: str, *, params: Mapping[str, str], headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        """A success whose content is still to be read."""
        request = self._http.build_request("GET", path, params=dict(params), headers=dict(headers))
        response = self._tried(lambda: self._http.send(request, stream=True), repeatable=True)
        try:
            yield response
        finally:
            response.close()

    def pause(self, tried: int, response: httpx.Response | None = None) -> None:
        """Wait before the next try: as long as the server said, else longer each time."""
        told = response.headers.get("Retry-After", "") if response is not None else ""
        usual = min(LONGEST_WAIT, WAIT * 2**tried) * random.uniform(0.5, 1.0)  # not all clients at once
        self._sleep(float(told) if told.isdigit() else usual)

    def _tried(self, once: Callable[[], httpx.Response], *, repeatable: bool) -> httpx.Response:
        for tried in range(self.attempts):
            last = tried == self.attempts - 1
            try:
                response = once()
            except httpx.TransportError as error:
                if last or not (repeatable or isinstance(error, httpx.ConnectError)):
                    raise Unreachable(f"No answer from the server: {error}") from error
                self.pause(tried)
                continue
            if response.status_code in NOT_TAKEN and not last:
                response.close()
                self.pause(tried, response)
                continue
            return _checked(response)
        raise AssertionError("attempts is at least 1")


def _checked(response: httpx.Response) -> httpx.Response:
    if response.status_code < 400:
        return response
    try:
        content = response.read()
        problem: Problem = response.json()
        problem["status"], problem["title"]
    except (ValueError, KeyError, TypeError):  # a proxy's page, not our server
        problem = {"type": "about:blank", "title": response.reason_phrase, "status": response.status_code,
                   "detail": content[:200].decode("utf-8", "replace")}  # fmt: skip
    finally:
        response.close()
    raise (Stale if response.status_code == 412 else ApiError)(problem)
