"""Whom somebody means by an e-mail address, a phone number or an invoice; and that it is one person."""

from __future__ import annotations

from dataclasses import dataclass

import phonenumbers

from commands.session import CommandError, found_in
from store.books import Books
from store.people import Loose, Theirs, address_of

NOTHING = Loose((), (), (), ())


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of somebody."""

    asked: str
    invoices: tuple[Theirs, ...]
    loose: Loose
    """What hangs on no invoice, and on no address that somebody else has too."""

    @property
    def names(self) -> set[str]:
        """The names on the invoices, however they are spaced."""
        return {_plain(one.name) for one in self.invoices}


def found_of(books: Books, who: str, merchant: str | None, names: list[str] | None) -> Found:
    """What is theirs who go by this.

    Raises:
        CommandError: it is no address, and no invoice.
    """
    asked = _asked(who)
    theirs = books.people.invoices(asked, merchant) if asked else [books.people.one(found_in(books, who, merchant).id)]
    if names:
        theirs = [one for one in theirs if _plain(one.name) in {_plain(name) for name in names}]
    ids = [one.id for one in theirs]
    own = books.people.addresses(ids) if theirs else frozenset({asked} if not (names or merchant) else ())
    alone = {address for address in own if {one.id for one in books.people.invoices(address)} <= set(ids)}
    found = Found(asked or who, tuple(theirs), books.people.loose(frozenset(alone)))
    if not theirs and found.loose == NOTHING:
        raise CommandError(f"the books know nobody by {who}; after forgetting only the invoice finds them")
    return found


def _asked(who: str) -> str:
    """The address that is meant; empty: it is an invoice."""
    if "@" in who:
        return address_of(who)
    if not who.startswith("+"):
        return ""
    try:
        number = phonenumbers.parse(who)
    except phonenumbers.NumberParseException:
        raise CommandError(f"{who} is no phone number; write it as in +46701740605") from None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def of_one(found: Found) -> Found:
    """Only where it is one person: nobody gets, or loses, what is another's.

    Raises:
        CommandError: there are several names.
    """
    if len(found.names) > 1:
        several = ", ".join(
            sorted(f"'{one.name}'" for one in {_plain(one.name): one for one in found.invoices}.values())
        )
        raise CommandError(f"{found.asked} is the address of {several}; say who is meant, with --name")
    return found


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
