"""Messages to merchants: signed so that anybody's library believes them, and sent nowhere but where they belong."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from standardwebhooks import Webhook, WebhookVerificationError

from channels.webhook import EndpointError, Poster, Reply, check_url, is_public, posting, public_address, signed, trial
from store.endpoints import new_secret
from tests.channels.receiver import Receiver, receiving

BODY = '{"type":"invoice.paid","data":{"reason":"överbetald"}}'


def headers(*secrets: str) -> dict[str, str]:
    return signed(secrets, "msg_1", BODY, datetime.now(UTC))


async def post(receiver: Receiver, *, timeout: float = 15.0) -> Reply:
    async with posting(public_only=False, timeout=timeout) as poster:
        return await poster.post(receiver.url, headers(new_secret()), BODY)


# --- signatures ------------------------------------------------------------------------------------------------------


def test_a_message_is_believed_with_its_secret():
    secret = new_secret()

    assert Webhook(secret).verify(BODY, headers(secret))["type"] == "invoice.paid"


@pytest.mark.parametrize("which", [0, 1])
def test_while_a_secret_is_rotated_each_of_the_two_is_enough(which: int):
    secrets = (new_secret(), new_secret())

    assert Webhook(secrets[which]).verify(BODY, headers(*secrets))


def test_another_secret_or_another_body_is_not_believed():
    secret = new_secret()

    for key, body in ((new_secret(), BODY), (secret, BODY.replace("paid", "held"))):
        with pytest.raises(WebhookVerificationError):
            Webhook(key).verify(body, headers(secret))


def test_a_message_in_another_time_zone_has_the_same_moment():
    secret, now = new_secret(), datetime.now(UTC)
    elsewhere = now.astimezone(datetime.now().astimezone().tzinfo)

    assert signed([secret], "msg_1", BODY, elsewhere) == signed([secret], "msg_1", BODY, now)


# --- posting ---------------------------------------------------------------------------------------------------------


async def test_what_arrives_is_what_was_signed():
    secret, receiver = new_secret(), Receiver()
    with receiving(receiver):
        async with posting(public_only=False) as poster:
            reply = await poster.post(receiver.url, headers(secret), BODY)

    assert reply == Reply(200, "thank you")
    assert receiver.received[0].read(secret)["data"]["reason"] == "överbetald"
    assert receiver.received[0].headers["content-type"] == "application/json"


async def test_a_redirect_is_not_followed():
    other = Receiver()
    with receiving(other), receiving(Receiver(answers=[302], more={"location": other.url})) as receiver:
        reply = await post(receiver)

    assert reply.status == 302
    assert not reply.is_taken
    assert other.received == []


async def test_a_long_answer_is_cut_and_one_that_never_ends_is_an_answer():
    with receiving(Receiver(said=b"x" * 1_000_000)) as receiver:
        long = await post(receiver)
    with receiving(Receiver(said=b"\xff\x00", more={"content-length": "100"})) as receiver:
        endless = await post(receiver)

    assert (long.status, len(long.said)) == (200, 2000)
    assert endless.status == 200


async def test_who_does_not_answer_is_not_waited_for():
    released = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hold() -> None:
        asyncio.run_coroutine_threadsafe(released.wait(), loop).result()

    with receiving(Receiver(before=hold)) as receiver:
        reply = await post(receiver, timeout=0.3)
        released.set()

    assert reply == Reply(None, "no answer in time")


async def test_a_receiver_that_is_not_there_is_an_answer():
    with receiving(Receiver()) as receiver:
        pass

    assert await post(receiver) == Reply(None, "ConnectError")


# --- addresses -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *("224.0.0.1", "240.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1"),
        *("::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "fe80::1%eth0", "fc00::1", "ff02::1", "fec0::1"),
        *("64:ff9b::7f00:1", "2002:7f00:1::", "2001::1", "2001:db8::1"),
    ],
)
def test_an_address_within_a_network_is_not_public(address: str):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111"])
def test_an_address_of_the_internet_is_public(address: str):
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        *("", "shop.example", "//shop.example", "http://shop.example/", "ftp://shop.example/", "https:///kvitt"),
        *("https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1:8443/", "https://169.254.169.254/latest"),
        *("https://user:secret@shop.example/", "https://shop.example/#x", "https://shop.example/a b"),
        *("https://shop.example/\r\nhost: other", "https://shop.example:99999/", f"https://shop.example/{'x' * 2000}"),
    ],
)
def test_in_production_an_endpoint_is_an_https_address_of_the_internet(url: str):
    with pytest.raises(EndpointError, match=r"write|leave"):
        check_url(url, public_only=True)


def test_on_a_system_for_trying_out_it_may_be_on_this_machine():
    assert check_url("http://127.0.0.1:9000/hooks", public_only=False)
    assert check_url("https://shop.example:8443/kvitt?shop=1", public_only=True)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "0x7f000001", "2130706433", "127.1"])
async def test_a_name_that_leads_into_a_network_is_not_asked(host: str):
    """Whatever way it is written: what counts is the address that would be connected to."""
    with receiving(Receiver()) as receiver:
        async with posting(public_only=True) as poster:
            reply = await poster.post(f"https://{host}:{receiver.port}/", headers(new_secret()), BODY)

    assert reply.status is None
    assert "address" in reply.said
    assert receiver.received == []


async def test_where_a_name_leads_is_looked_at_at_each_post_and_only_there_it_is_asked():
    """A name that led to the internet when it was added, or when it was checked, must not lead elsewhere later."""
    asked: list[httpx.Request] = []

    async def find(host: str, port: int) -> str:
        return await public_address("93.184.216.34" if not asked else "127.0.0.1", port)

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, stream=httpx.ByteStream(b""))

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        poster = Poster(client, public_only=True, find=find)
        first, second = [await poster.post("https://shop.example/k", headers(new_secret()), BODY) for _ in range(2)]

    assert (first.status, second.status) == (200, None)
    assert [request.url.host for request in asked] == ["93.184.216.34"]
    assert asked[0].headers["host"] == "shop.example"


@pytest.mark.parametrize(("name", "status"), [("shop.example", 200), ("other.example", None)])
async def test_the_certificate_must_be_the_names(tmp_path: Path, name: str, status: int | None):
    """The connection is made to an address, and trusted by the name."""
    server, trust = certificate(tmp_path, "shop.example")

    async def here(host: str, port: int) -> str:
        return "127.0.0.1"

    with receiving(Receiver(), server) as receiver:
        async with httpx.AsyncClient(verify=trust, trust_env=False) as client:
            poster = Poster(client, public_only=True, find=here)
            reply = await poster.post(f"https://{name}:{receiver.port}/kvitt", headers(new_secret()), BODY)

    assert reply.status == status
    assert [received.headers["host"] for received in receiver.received] == ([f"{name}:{receiver.port}"] * bool(status))


def test_a_trial_says_nothing():
    message_id, body = trial("nordljus", datetime.now(UTC))

    assert message_id.startswith("msg_")
    assert '"webhook.test"' in body


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's side and a client's side of a name that this machine vouches for."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = made.public_bytes(serialization.Encoding.PEM), folder / "key.pem"
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + pem
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(secret)
    return server, ssl.create_default_context(cadata=pem.decode())
