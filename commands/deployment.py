"""Upgrades without a gap: which build of the workers carries the cases, and whether a new one can."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Annotated, TypeVar

import typer

from commands import show
from commands.orders import JSON
from commands.replaying import replay
from commands.session import CommandError, connected
from config.settings import read_settings
from workflows.deployment import Build, Deployment, UnfitBuildError, UnknownBuildError

T = TypeVar("T")

BUILD = Annotated[str, typer.Argument(help="The build, as its workers are told by KVITT_BUILD_ID.", metavar="BUILD")]
NONE = "none"
"""How the workers that name no build are named on the command line."""


def register(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    group = typer.Typer(
        no_args_is_help=True, help="Say which build of the workers carries the cases, and try a new one."
    )
    group.command("show")(show_builds)
    group.command()(current)
    group.command()(ramp)
    group.command()(replay)
    app.add_typer(group, name="deployment", rich_help_panel="Run")


def show_builds(json_: JSON = False) -> None:
    """Show the builds, the newest first, and how many workflows each carries. Example: kvitt deployment show."""
    _tell(_with(Deployment.builds), json_=json_)


def current(
    build: BUILD,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Also where its workers lack a task queue that those before serve.")
    ] = False,
    json_: JSON = False,
) -> None:
    """Let every case go on with this build, from its next step on. Example: kvitt deployment current 2026.11.2.

    The way back is the same command with the build before. "none" are the workers that name no build.
    """
    which = "" if build == NONE else build

    async def work(deployment: Deployment) -> list[Build]:
        await deployment.make_current(which, whatever_it_lacks=anyway)
        return await deployment.builds()

    _tell(_with(work, build), json_=json_)


def ramp(
    build: BUILD,
    percent: Annotated[float, typer.Argument(help="How many of a hundred cases; 0 ends it.", min=0, max=100)],
    json_: JSON = False,
) -> None:
    """Let some cases go on with this build, always the same ones. Example: kvitt deployment ramp 2026.11.2 10."""

    async def work(deployment: Deployment) -> list[Build]:
        await deployment.ramp(build, percent)
        return await deployment.builds()

    _tell(_with(work, build), json_=json_)


def _with(work: Callable[[Deployment], Awaitable[T]], build: str = "") -> T:
    """Do something with the deployment that the settings name.

    Raises:
        CommandError: the build is unknown, or unfit.
    """

    async def run() -> T:
        settings = read_settings()
        deployment = Deployment(await connected(settings), settings.task_queue)
        try:
            return await work(deployment)
        except UnknownBuildError:
            known = ", ".join(one.id for one in await deployment.builds() if one.id) or "none"
            cure = f"start its workers with KVITT_BUILD_ID={build}"
            raise CommandError(f"no worker of build {build} has reported (known: {known}); {cure}") from None
        except UnfitBuildError as error:
            cure = "are workers of it up on every task queue, and is it not current? see kvitt deployment show"
            raise CommandError(f"the server does not take build {build}: {error}; {cure}") from None

    return asyncio.run(run())


def _tell(builds: list[Build], *, json_: bool) -> None:
    if json_:
        for one in builds:
            show.as_json(asdict(one))
        return
    if not builds:
        show.say("No worker has named a build yet; KVITT_BUILD_ID tells it its own.")
        return
    lines = [
        (
            one.id or NONE,
            one.standing,
            f"{one.percent:g} %",
            str(one.running),
            f"{one.seen:%Y-%m-%d %H:%M}" if one.seen else "",
        )
        for one in builds
    ]
    show.rows(
        f"{len(lines) - 1} build{'s' if len(lines) != 2 else ''}",
        ("Build", "Is", "New work", "Carries", "Since (UTC)"),
        lines,
    )
