"""An image that is built and run without an engine or a registry: buildah carries out the Dockerfile as it stands.

Only the base is another one: Debian 12 with its own Python 3.11, made here.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

BASE, IMAGE = "localhost/kvitt-python:3.11", "localhost/kvitt:proof"
DEBIAN = "python3,python3-venv,ca-certificates"
OURS = ("/etc/pip.conf", "/etc/ssl/certs")
"""How this machine reaches the package index; needed while the image is built, and not in it."""
BUILD_ID = "proof-1"
VAR, USER = "/kvitt/var", (10001, 10001)


class ProofError(AssertionError):
    """The image is not what it should be."""


@dataclass(frozen=True)
class Image:
    """What was built: its files, and what it says about running them."""

    root: Path
    environment: Mapping[str, str]
    user: str
    workdir: str
    entrypoint: Sequence[str]

    def command(self, home: Path, *arguments: str) -> list[str]:
        """Run in it, with its root read-only, and ``home`` where it may write."""
        steps = [
            f"mount --bind {self.root} {self.root}",
            f"mount --bind {home} {self.root}/kvitt/var",
            f"mount --rbind /dev {self.root}/dev",
            f"mount -t proc proc {self.root}/proc",
            f"mount -t tmpfs -o mode=1777 tmpfs {self.root}/tmp",  # noqa: S108  (a fresh one)
            f"mount -o remount,ro,bind {self.root}",
            f'exec chroot --userspec={self.user} {self.root} /bin/sh -c \'cd {self.workdir}; exec "$@"\' - "$@"',
        ]
        return ["unshare", "--mount", "sh", "-ec", "\n".join(steps), "-", *arguments]

    def has(self, program: str) -> bool:
        """Whether it finds a program of that name."""
        places = (f"{self.root}{folder}" for folder in self.environment["PATH"].split(":"))
        return shutil.which(program, path=os.pathsep.join(places)) is not None

    def start(self, home: Path, settings: Mapping[str, str], *arguments: str) -> subprocess.Popen[bytes]:
        """Start ``kvitt``, with nothing of this machine's environment."""
        with (home / "output.log").open("ab") as log:
            environment = {**self.environment, **settings}
            command = self.command(home, *self.entrypoint, *arguments)
            return subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def run(self, home: Path, settings: Mapping[str, str], *arguments: str, program: str = "kvitt") -> str:
        """Run a program to its end; what it says. Whatever its exit code is, that comes first."""
        ran = subprocess.run(
            self.command(home, program, *arguments),
            env={**self.environment, **settings},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return f"{ran.returncode} {ran.stdout}{ran.stderr}"


def make_base(place: Path) -> None:
    """A root in which nothing of this machine is."""
    _call("debootstrap", "--variant=minbase", f"--include={DEBIAN}", "bookworm", str(place / "base"))
    (place / "base/usr/local/bin/python").symlink_to("/usr/bin/python3")
    shutil.rmtree(place / "base/var/cache/apt", ignore_errors=True)
    made = _buildah(place, "from", "scratch")
    _buildah(place, "add", "--quiet", made, str(place / "base"), "/")
    _buildah(place, "commit", "--quiet", made, BASE)


def build(place: Path) -> None:
    """The image, as its Dockerfile says."""
    volumes = [f"--volume={path}:{path}:ro" for path in OURS if Path(path).exists()]
    arguments = [f"--build-arg=PYTHON={BASE}", f"--build-arg=KVITT_BUILD_ID={BUILD_ID}", *volumes]
    _buildah(
        place, "bud", "--isolation=chroot", "--pull-never", *arguments, "-f", "deploy/Dockerfile", "-t", IMAGE, "."
    )


@contextmanager
def opened(place: Path) -> Iterator[tuple[Image, int]]:
    """The files of the image, and their size."""
    made = _buildah(place, "from", "--pull-never", IMAGE)
    root = Path(_buildah(place, "mount", made))
    config = json.loads(_buildah(place, "inspect", "--type=image", IMAGE))["OCIv1"]["config"]
    environment = dict(one.split("=", 1) for one in config["Env"])
    yield Image(root, environment, config["User"], config["WorkingDir"], config["Entrypoint"]), megabytes(root)
    _buildah(place, "rm", made)


def make_home(place: Path) -> Path:
    """A folder that the image's user may write to."""
    made = Path(tempfile.mkdtemp(dir=place, prefix="home-"))
    os.chown(made, *USER)
    return made


def megabytes(folder: Path) -> int:
    """What its files take on the disk."""
    return int(_call("du", "-sxm", str(folder)).split()[0])


def _buildah(place: Path, *arguments: str) -> str:
    storage = ["--storage-driver=vfs", f"--root={place / 'storage'}", f"--runroot={place / 'run'}"]
    return _call("buildah", *storage, *arguments)


def _call(*command: str) -> str:
    """Run a tool; the last line that it prints is its answer."""
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise ProofError(f"{' '.join(command[:1])} failed:\n{ran.stdout[-3000:]}{ran.stderr[-3000:]}")
    return ran.stdout.strip() if "inspect" in command else (ran.stdout.strip().splitlines() or [""])[-1]
