"""A browser with tabs that really hide each other. Automation keeps every page that it drives visible."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx


@dataclass
class Tabs:
    """The browser's tabs, by its own small HTTP interface."""

    web: httpx.AsyncClient

    async def open(self, url: str) -> str:
        """Open a tab in front of all others; its id."""
        return str((await self.web.put(f"/json/new?{url}")).raise_for_status().json()["id"])

    async def show(self, tab: str) -> None:
        """Bring a tab to the front."""
        (await self.web.put(f"/json/activate/{tab}")).raise_for_status()


@asynccontextmanager
async def tabbed(program: Path, arguments: list[str], folder: Path) -> AsyncIterator[Tabs]:
    options = [*arguments, "--headless=new", "--no-first-run", "--remote-debugging-port=0", f"--user-data-dir={folder}"]
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(str(program), *options, "about:blank", stdout=quiet, stderr=quiet)
    try:
        async with asyncio.timeout(30):
            while not (ready := folder / "DevToolsActivePort").exists() or not ready.read_text():
                await asyncio.sleep(0.05)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{ready.read_text().split()[0]}") as web:
            yield Tabs(web)
    finally:
        process.terminate()
        await process.wait()
