"""What vendors said: the inbox and what nobody could read in it; and who wants nothing more."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import phonenumbers
import typer
from pydantic_core import PydanticCustomError
from rich.markup import escape

from commands import show
from commands.orders import JSON
from commands.session import CommandError, opened_books
from config.addresses import parse_email
from config.merchants import find_merchant, load_merchant
from config.settings import read_settings
from domain.policy import Channel
from store.opt_outs import EVERY_MERCHANT, OptOut


class Reaching(StrEnum):
    """The channels that reach a customer."""

    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"


POST = Annotated[int, typer.Argument(help="The post's number, as list shows it.", metavar="POST")]
CHANNEL = Annotated[Reaching, typer.Argument(help="On what.", metavar="CHANNEL")]
ADDRESS = Annotated[
    str,
    typer.Argument(
        help="The e-mail address; the phone number with its country code; for letters name and address as on the "
        "envelope, lines parted by |.",
        metavar="ADDRESS",
    ),
]
WHOSE = Annotated[str | None, typer.Option("--merchant", "-m", help="Of this merchant only; else of all.")]
WHO = Annotated[str, typer.Option(help="Who says so.")]


def register(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    inbox = typer.Typer(no_args_is_help=True, help="See what vendors sent, and what nobody could read in it.")
    inbox.command("list")(list_posts)
    inbox.command()(read)
    inbox.command()(again)
    app.add_typer(inbox, name="inbox", rich_help_panel="Look")
    opt_out = typer.Typer(no_args_is_help=True, help="Keep the list of those who want nothing more on a channel.")
    opt_out.command()(add)
    opt_out.command("list")(list_opt_outs)
    opt_out.command()(lift)
    app.add_typer(opt_out, name="opt-out", rich_help_panel="Orders")


def list_posts(json_: JSON = False) -> None:
    """Count the posts, and list those that nobody could read. Example: kvitt inbox list."""
    with opened_books(read_settings()) as books:
        counts, oldest, stuck = books.inbox.counts(), books.inbox.oldest_new(), books.inbox.stuck()
    if json_:
        unreadable = [{"post": post.id, "vendor": post.vendor, "bytes": len(post.body)} for post in stuck]
        waiting_since = oldest.isoformat() if oldest else None
        show.as_json({"posts": counts, "waiting_since": waiting_since, "unreadable": unreadable})
        return
    told = ", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "empty"
    show.say(
        f"The inbox: {told}." + (f" The oldest that nobody has read came {oldest:%d %b %H:%M} UTC." if oldest else "")
    )
    if stuck:
        lines = [(str(post.id), post.vendor, str(len(post.body))) for post in stuck]
        show.rows("Nobody could read these: kvitt inbox read POST", ("Post", "Vendor", "Bytes"), lines)


def read(post: POST) -> None:
    """Show a post as it came; it may name people. Example: kvitt inbox read 17."""
    with opened_books(read_settings()) as books:
        kept = books.inbox.get(post)
    if kept is None:
        raise CommandError(f"there is no post {post}; see them with: kvitt inbox list")
    if kept.about:
        typer.echo(kept.about, err=True)
    typer.echo(kept.body.decode(errors="backslashreplace"))


def again(post: POST) -> None:
    """Let the worker read a post once more, after an update. Example: kvitt inbox again 17."""
    with opened_books(read_settings()) as books:
        if not books.inbox.again(post):
            raise CommandError(f"no unreadable post {post}; see them with: kvitt inbox list")
    show.say(f"Post {post} is read again within a minute, if a worker runs.")


def add(channel: CHANNEL, address: ADDRESS, who: WHO, merchant: WHOSE = None) -> None:
    """Write to an address no more on a channel. Example: kvitt opt-out add sms +46701740605 --who 'phone call'."""
    on = Channel(channel)
    address = _checked(on, _address(on, address))
    settings = read_settings()
    whose = load_merchant(find_merchant(merchant, settings.merchants)).merchant.id if merchant else EVERY_MERCHANT
    with opened_books(read_settings()) as books:
        books.opt_outs.add(OptOut(on, address, whose, datetime.now(UTC), who))
    show.say("Taken down. The next channel is used instead.")


def list_opt_outs(json_: JSON = False) -> None:
    """List who wants nothing more. Example: kvitt opt-out list."""
    with opened_books(read_settings()) as books:
        found = books.opt_outs.all()
    if json_:
        for one in found:
            show.as_json(
                {
                    "channel": one.channel,
                    "address": one.address,
                    "merchant": one.merchant,
                    "since": one.since.isoformat(),
                    "who": one.who,
                }
            )
        return
    lines = [
        (
            one.channel,
            escape(one.address.replace("\n", " | ")),
            "all" if one.merchant == EVERY_MERCHANT else one.merchant,
            f"{one.since:%Y-%m-%d}",
            escape(one.who),
        )
        for one in found
    ]
    title = f"{len(lines)} {'address wants' if len(lines) == 1 else 'addresses want'} nothing more"
    show.rows(title, ("Channel", "Address", "Of", "Since", "Told by"), lines)


def lift(channel: CHANNEL, address: ADDRESS, merchant: WHOSE = None) -> None:
    """Write to an address again. Example: kvitt opt-out lift sms +46701740605."""
    on = Channel(channel)
    with opened_books(read_settings()) as books:
        if not books.opt_outs.lift(on, _address(on, address), merchant):
            raise CommandError("that address is not on the list; see it with: kvitt opt-out list")
    show.say("Lifted.")


def _address(channel: Channel, written: str) -> str:
    """The address as it stands on a send."""
    if channel is Channel.LETTER:
        return "\n".join(line.strip() for line in written.split("|"))
    if channel is Channel.EMAIL:
        return written
    try:
        number = phonenumbers.parse(written)
    except phonenumbers.NumberParseException:
        raise CommandError("write the number with its country code, as in +46701740605") from None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _checked(channel: Channel, address: str) -> str:
    """An address that a send can have; others would be taken down and never looked for."""
    try:
        if channel is Channel.EMAIL:
            parse_email(address)
    except PydanticCustomError:
        raise CommandError(f'"{address}" is not an e-mail address; write it as name@example.com') from None
    if channel is Channel.SMS and not phonenumbers.is_valid_number(phonenumbers.parse(address)):
        raise CommandError(f"{address} is no phone number; write it with its country code, as in +46701740605")
    if channel is Channel.LETTER and "\n" not in address:
        raise CommandError(
            "write name and address as on the envelope, as in 'Anna Lundberg | Storgatan 1 | 111 22 Stockholm'"
        )
    return address
