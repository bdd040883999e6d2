"""Whoever asks how we are can also find out which system it is that answers."""

from __future__ import annotations

import httpx

from gateway.seal import Seal

NOTHING_MORE = {"status", "checks"}


async def test_who_has_the_key_knows_the_gateway_by_its_proof(web: httpx.AsyncClient, seal: Seal):
    first, second = [(await web.get("/health", params={"whose": question})).json() for question in ("a1", "b2")]

    assert first["proof"] == seal.proof("a1")
    assert first["proof"] != second["proof"] != Seal(b"another").proof("b2")


async def test_who_does_not_ask_gets_none(web: httpx.AsyncClient):
    assert set((await web.get("/health")).json()) == NOTHING_MORE


async def test_a_long_question_is_cut(web: httpx.AsyncClient, seal: Seal):
    answer = (await web.get("/health", params={"whose": "x" * 5000})).json()

    assert answer["proof"] == seal.proof("x" * 64)


def test_a_proof_is_no_seal_of_a_page(seal: Seal):
    """Nobody can have a page sealed by asking for a proof of what a seal is made from."""
    issued = "1700000000000"

    assert seal.proof(f"viewed:token:{issued}") != seal._mac("token", int(issued))
