"""Addresses that the operator listed, and one exchange with one of them."""

from __future__ import annotations

import json
import re
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from models.errors import AddressNotListed, BadAddress, RemoteFailed
from models.protocols import ModelCard

_PORTS = {"http": 80, "https": 443}
_CONNECT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Address:
    secure: bool
    host: str
    port: int
    base: str  # path below which the interface lies, "/v1"
    model: str
    url: str

    @property
    def listed_as(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def card(self) -> ModelCard:
        """On record for the answers that it writes; it has no file, hence no hash."""
        return ModelCard(
            name=self.model,
            role="generator",
            path=self.url,
            sha256="",
            licence="",
            publisher="",
            languages=("fr", "en"),
            note="Served by an address that the operator listed.",
        )


def address_of(url: str, model: str, allowed: tuple[str, ...]) -> Address:
    """Raises BadAddress (exit 2), AddressNotListed (exit 3): loopback must be listed as any other."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise BadAddress(url=_without_credentials(url)) from error
    host = parts.hostname or ""
    unwanted = parts.username is not None or parts.password is not None or parts.query or parts.fragment
    if (
        parts.scheme not in _PORTS
        or not host
        or not port
        or not model.strip()
        or unwanted
        or not url.isprintable()
        or " " in url
    ):
        raise BadAddress(url=_without_credentials(url))
    address = Address(parts.scheme == "https", host, port, parts.path.rstrip("/") or "/v1", model.strip(), url)
    if address.listed_as.lower() not in {one.lower() for one in allowed}:
        raise AddressNotListed(address=address.listed_as)
    return address


class Exchange:
    """One request and its answer.  `close` ends it from any thread, also while it waits."""

    def __init__(self, address: Address, key: str, silence_seconds: float) -> None:
        self._address = address
        self._key = key
        self._silence_seconds = silence_seconds
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._closed = False

    def post(self, path: str, body: dict[str, Any], *, below_base: bool = True) -> HTTPResponse:
        """The answer, its status 200.  Raises OSError, HTTPException, RemoteFailed for any other status."""
        address = self._address
        connection = self._connected()
        headers = {"Content-Type": "application/json", "Accept": "*/*", "Connection": "close"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        connection.request("POST", (address.base if below_base else "") + path, json.dumps(body).encode(), headers)
        response = connection.getresponse()
        if response.status != 200:
            response.close()
            raise RemoteFailed(address=address.listed_as, model=address.model, detail=f"HTTP {response.status}")
        return response

    def close(self) -> None:
        with self._lock:
            self._closed = True
            if self._socket is not None:
                with suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)
                self._socket.close()

    def _connected(self) -> HTTPConnection:
        address = self._address
        seconds = min(_CONNECT_SECONDS, self._silence_seconds)
        connection = (
            HTTPSConnection(address.host, address.port, timeout=seconds, context=ssl.create_default_context())
            if address.secure
            else HTTPConnection(address.host, address.port, timeout=seconds)
        )
        connection.connect()
        with self._lock:
            if self._closed:
                connection.close()
                raise ConnectionAbortedError("closed")
            connection.sock.settimeout(self._silence_seconds)
            self._socket = connection.sock
        return connection


def _without_credentials(url: str) -> str:
    """What may be shown of an address that was refused."""
    return re.sub(r"//[^/@]*@", "//…@", url)
