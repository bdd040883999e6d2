"""Temporal as Temporal Cloud answers: a real server behind TLS that asks for certificates, and keeps what arrived."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from hpack import Decoder

PREFACE = 24
"""Bytes by which HTTP/2 begins."""


@dataclass(frozen=True)
class Authority:
    """Whoever signs certificates: its own, and those of others in files."""

    folder: Path
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def certificate(self) -> Path:
        return self._write("ca", self._signed("ca", self.key, is_authority=True))

    def sign(self, name: str) -> tuple[Path, Path]:
        """The files with a certificate and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return self._write(name, self._signed(name, key)), self._write(f"{name}-key", secret)

    def _write(self, name: str, content: bytes) -> Path:
        self.folder.mkdir(exist_ok=True)
        path = self.folder / f"{name}.pem"
        path.write_bytes(content)
        return path

    def _signed(self, name: str, key: ec.EllipticCurvePrivateKey, *, is_authority: bool = False) -> bytes:
        whose, ours = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in (name, "ca"))
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder(ours, whose, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        )
        if not is_authority:
            there = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
            made = made.add_extension(there, critical=False)
        return made.sign(self.key, SHA256()).public_bytes(Encoding.PEM)


@dataclass
class Endpoint:
    """Where it listens, and what arrived there."""

    port: int
    headers: list[dict[str, str]] = field(default_factory=list)
    clients: list[str] = field(default_factory=list)
    """Whose certificates were shown."""

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"


@asynccontextmanager
async def cloud(authority: Authority, server: str, *, asks: bool = True) -> AsyncIterator[Endpoint]:
    """A TLS endpoint before a server; ``asks``: for the certificate of whoever calls."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.sign("server"))
    context.load_verify_locations(authority.certificate)
    context.verify_mode = ssl.CERT_REQUIRED if asks else ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    endpoint, host, port = Endpoint(0), *server.split(":")
    calls: set[asyncio.Task[None]] = set()

    async def call(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        shown = writer.get_extra_info("peercert") or {"subject": ()}
        endpoint.clients += [value for one in shown["subject"] for key, value in one if key == "commonName"]
        inward, outward = await asyncio.open_connection(host, int(port))
        calls.update(
            {asyncio.create_task(_pass(reader, outward, endpoint)), asyncio.create_task(_pass(inward, writer))}
        )

    listening = await asyncio.start_server(call, "127.0.0.1", 0, ssl=context)
    endpoint.port = listening.sockets[0].getsockname()[1]
    try:
        yield endpoint
    finally:
        listening.close()
        for one in calls:
            one.cancel()
        await asyncio.gather(*calls, return_exceptions=True)


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, endpoint: Endpoint | None = None) -> None:
    """Hand on what comes; to an endpoint, also tell the headers."""
    seen, decoder = bytearray(), Decoder()
    try:
        while chunk := await reader.read(65536):
            seen += chunk
            if endpoint is not None:
                endpoint.headers += _headers(seen, decoder)
            writer.write(chunk)
            await writer.drain()
    except OSError:
        return
    finally:
        writer.close()


def _headers(seen: bytearray, decoder: Decoder) -> list[dict[str, str]]:
    """The headers in what has come in whole; it is taken away."""
    found = []
    if seen.startswith(b"PRI"):
        if len(seen) < PREFACE:
            return []
        del seen[:PREFACE]
    while len(seen) >= 9 and len(seen) >= 9 + (size := int.from_bytes(seen[:3])):
        kind, flags, block = seen[3], seen[4], bytes(seen[9 : 9 + size])
        del seen[: 9 + size]
        if kind == 1:
            block = block[5:] if flags & 0x20 else block
            found.append({str(key): str(value) for key, value in decoder.decode(block)})
    return found
