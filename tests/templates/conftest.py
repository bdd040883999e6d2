from __future__ import annotations

import pytest

from templates.renderer import Renderer


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    return Renderer()
