"""A real IMAP server on this machine, with one mailbox."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.channels.certificates import self_signed
from tests.vendors.servers import free_port, missing, running

USER, PASSWORD = "bounces", "a password"
CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {home}/run
state_dir = {home}/run
log_path = {home}/log
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 0
mail_location = maildir:{home}/mail
disable_plaintext_auth = no
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{certificate}
passdb {{
  driver = passwd-file
  args = {home}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """Where it listens, whom it shows to be who it is, and where the mail lies."""

    plain: int
    tls: int
    certificate: Path
    folder: Path

    def deliver(self, name: str, body: bytes) -> None:
        """Put a mail into the mailbox, as a mail server would."""
        (self.folder / "tmp" / name).write_bytes(body)
        (self.folder / "tmp" / name).rename(self.folder / "new" / name)


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """The server, as root or as anybody."""
    program = shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin") or missing("there is no dovecot")
    me = pwd.getpwuid(os.getuid())
    is_root = me.pw_uid == 0
    owner = pwd.getpwnam("nobody") if is_root else me  # no mailbox may be root's
    with tempfile.TemporaryDirectory(prefix="imap") as name:
        home = Path(name)
        home.chmod(0o755)
        opened = Dovecot(free_port(), free_port(), self_signed(home), home / "mail")
        for part in ("", "cur", "new", "tmp"):
            (opened.folder / part).mkdir()
            os.chown(opened.folder / part, owner.pw_uid, owner.pw_gid)
        (home / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
        config = home / "dovecot.conf"
        config.write_text(
            CONFIG.format(
                home=home,
                internal="dovecot" if is_root else me.pw_name,
                group="dovecot" if is_root else grp.getgrgid(me.pw_gid).gr_name,
                login="dovenull" if is_root else me.pw_name,
                certificate=opened.certificate,
                uid=owner.pw_uid,
                gid=owner.pw_gid,
                plain=opened.plain,
                tls=opened.tls,
            )
        )
        with running([program, "-F", "-c", config], opened.tls):
            yield opened
