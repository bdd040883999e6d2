"""Messages to merchants' systems, after the Standard Webhooks specification (standardwebhooks.com, read 2026-11-22).

What a merchant writes as an address is a stranger's wish: in production it is asked over https only, only at addresses
of the public internet, at the very address that was checked, and it leads nowhere else.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from uuid import uuid4

import httpx
from standardwebhooks import Webhook

TIMEOUT = 15.0
"""Seconds that a receiver may take."""

MOST_READ = 2000
"""Bytes of a receiver's answer that are read."""

LONGEST = 2000
"""Characters of an address."""

GONE = 410
"""The receiver's word for: never again."""

UNICAST = IPv6Network("2000::/3")
"""What of IPv6 is given out for the public internet; 6to4 within it may hide any address of IPv4."""

HIDDEN = IPv6Network("2002::/16")


class EndpointError(ValueError):
    """An address that no message is sent to; the message says why and what to write."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a receiver said; ``status`` None: nothing, and ``said`` names what went wrong."""

    status: int | None
    said: str

    @property
    def is_taken(self) -> bool:
        """Whether it has the message."""
        return self.status is not None and 200 <= self.status < 300


def signed(secrets: Sequence[str], message_id: str, body: str, now: datetime) -> dict[str, str]:
    """The headers of a message at this moment: one signature for each secret."""
    moment = now.astimezone(UTC)
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(message_id, moment, body) for secret in secrets),
    }


def trial(merchant: str, now: datetime) -> tuple[str, str]:
    """The id and the body of a message that says nothing, to try an endpoint."""
    moment = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    body = json.dumps({"type": "webhook.test", "timestamp": moment, "data": {"merchant": merchant}})
    return f"msg_{uuid4().hex}", body


def check_url(url: str, *, public_only: bool) -> str:
    """An address that may be an endpoint's. Where its name leads is looked at each time it is used.

    Raises:
        EndpointError: it may not.
    """
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        parsed = httpx.URL("")
    schemes = ("https",) if public_only else ("https", "http")
    is_plain = len(url) <= LONGEST and url.isprintable() and " " not in url
    if not is_plain or parsed.scheme not in schemes or not parsed.host or (parsed.port or 443) not in range(1, 65536):
        raise EndpointError("is no address that we can post to; write it as in https://shop.example/kvitt")
    if parsed.userinfo or parsed.fragment:
        raise EndpointError("holds a user or a fragment; leave them out, messages are signed instead")
    if public_only and _literal(parsed.host) and not is_public(parsed.host):
        raise EndpointError("is an address within a network; write one that the internet reaches")
    return url


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet."""
    ip = ip_address(address.split("%", maxsplit=1)[0])
    if isinstance(ip, IPv6Address):
        return ip in UNICAST and ip not in HIDDEN and ip.is_global
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


async def public_address(host: str, port: int) -> str:
    """The address that a name leads to. One that is not public spoils all: nobody honest mixes them.

    Raises:
        EndpointError: it leads into a network.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(map(is_public, addresses)):
        raise EndpointError("leads into a network; write one that the internet reaches")
    return addresses[0]


class Poster:
    """Posts messages, each once. It keeps no connection: two names may share an address, but not a connection."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        public_only: bool,
        timeout: float = TIMEOUT,
        find: Callable[[str, int], Awaitable[str]] | None = None,
    ) -> None:
        self.client, self.public_only, self.timeout = client, public_only, timeout
        self.find = find or public_address

    async def post(self, url: str, headers: Mapping[str, str], body: str) -> Reply:
        """Post once; whatever goes wrong is an answer."""
        try:
            async with asyncio.timeout(self.timeout):
                return await self._post(url, headers, body)
        except TimeoutError:
            return Reply(None, "no answer in time")
        except EndpointError as error:
            return Reply(None, f"the address {error}")
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            return Reply(None, type(error).__name__)

    async def _post(self, url: str, headers: Mapping[str, str], body: str) -> Reply:
        asked, extensions = httpx.URL(check_url(url, public_only=self.public_only)), {}
        host = asked.netloc.decode("ascii")
        if self.public_only:  # the certificate must be the name's, whatever the address
            extensions = {"sni_hostname": asked.raw_host.decode("ascii")}
            asked = asked.copy_with(host=await self.find(asked.host, asked.port or 443))
        request = self.client.build_request(
            "POST", asked, headers={**headers, "host": host}, content=body.encode(), extensions=extensions
        )
        response = await self.client.send(request, stream=True)
        try:
            return Reply(response.status_code, await _beginning(response))
        finally:
            await response.aclose()


@asynccontextmanager
async def posting(*, public_only: bool, timeout: float = TIMEOUT) -> AsyncIterator[Poster]:
    """A poster, until the block ends. It follows no redirect and no proxy of the environment."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    agent = {"user-agent": "kvitt-webhooks", "accept-encoding": "identity"}
    async with httpx.AsyncClient(
        limits=limits, timeout=timeout, headers=agent, follow_redirects=False, trust_env=False
    ) as client:
        yield Poster(client, public_only=public_only, timeout=timeout)


async def _beginning(response: httpx.Response) -> str:
    """How an answer begins. One that never ends, or breaks off, was an answer all the same."""
    read = b""
    try:
        async with asyncio.timeout(1):
            async for chunk in response.aiter_raw():
                read += chunk
                if len(read) >= MOST_READ:
                    break
    except (TimeoutError, httpx.HTTPError):
        pass
    return read[:MOST_READ].decode("utf-8", "replace")


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
