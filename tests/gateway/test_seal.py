"""The key of the seals is the installation's own, and stays."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pydantic import SecretStr

from config.settings import Settings
from gateway.seal import read_key


def test_a_home_keeps_one_key_that_only_its_owner_reads(tmp_path: Path):
    settings = Settings(home=tmp_path / "var")

    first = read_key(settings)

    assert len(first) == 32
    assert read_key(settings) == first
    assert stat.S_IMODE((settings.home / "gateway.key").stat().st_mode) == 0o600
    assert [path.name for path in settings.home.iterdir()] == ["gateway.key"]
    assert read_key(Settings(home=tmp_path / "other")) != first


def test_gateways_that_start_at_once_agree(tmp_path: Path):
    settings = Settings(home=tmp_path)

    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: read_key(settings), range(64)))

    assert len(keys) == 1


def test_a_key_from_the_settings_needs_no_file(tmp_path: Path):
    assert read_key(Settings(home=tmp_path, gateway_secret=SecretStr("ours"))) == b"ours"
    assert not list(tmp_path.iterdir())
