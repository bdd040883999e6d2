"""The payment reference as a merchant's file tells it, and whether it goes with the accounts that are paid to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, get_args

from pydantic import Field, PlainValidator

from config.file_model import FileModel
from config.problems import Fault, wrong
from config.values import as_text, text, word_of
from domain.merchant import Check, Level, Payee, ReferenceKind, ReferenceRule, Slip
from domain.references.qrr import is_qr_iban

SHORTEST, LONGEST = 2, 25
_SLIPS = {"71": "15 digits", "75": "16 digits"}
_MOST = {ReferenceKind.OCR: 2, ReferenceKind.KID: 3}
"""How many fixed lengths an agreement can have."""
_OF = {"level": ReferenceKind.OCR, "check": ReferenceKind.KID, "type": ReferenceKind.FIK}
"""The kind that a key is for."""


def parse_level(value: object) -> int:
    """Read how strictly the bank checks an OCR."""
    written = text(value)
    if written not in map(str, get_args(Level)):
        near = "1" if written == "0" or written.startswith("-") else "4" if written.isdigit() else "1, 2, 3 or 4"
        raise wrong(f'"{written}" is no level; there are 1 (soft) to 4 (fixed lengths)', f"write {near}")
    return int(written)


def parse_length(value: object) -> int:
    """Read how many digits a reference has, the check digit included."""
    written = text(value)
    if not written.isascii() or not written.isdigit():
        raise wrong(f'"{written}" is no length', "write a whole number of digits, as in 12")
    if not SHORTEST <= int(written) <= LONGEST:
        near = min(max(int(written), SHORTEST), LONGEST)
        raise wrong(f"{written} is no length; references have {SHORTEST} to {LONGEST} digits", f"write {near}")
    return int(written)


def parse_slip(value: object) -> str:
    """Read the type of a Danish payment slip."""
    written = text(value).removeprefix("+")
    if written not in _SLIPS:
        known = " or ".join(f'"{slip}" ({digits})' for slip, digits in _SLIPS.items())
        problem = "a slip of type 73 has no number, so no payment would find its invoice"
        raise wrong(problem if written == "73" else f'"{written}" is no type of slip with a number', f"write {known}")
    return written


Length = Annotated[int, PlainValidator(parse_length), as_text("[0-9]{1,2}", "12", also=("integer",))]


class ReferenceFile(FileModel):
    """The payment reference."""

    kind: Annotated[str, *word_of(ReferenceKind), Field(examples=["ocr"])]
    """Which reference the agreement with the bank expects: ocr (Sweden), kid (Norway), fik (Denmark), viite (Finland),
    ogm (Belgium), qrr (Switzerland), or rf (any IBAN)."""
    level: Annotated[Level | None, PlainValidator(parse_level), as_text("[1-4]", "3", also=("integer",))] = None
    """OCR: 1 soft check digit, 2 hard one, 3 hard with length digit, 4 hard with fixed lengths. Without it 2."""
    lengths: Annotated[tuple[Length, ...], Field(examples=[["10", "12"]])] = ()
    """OCR at level 4, KID: the lengths that are agreed, check digit included. Without them any."""
    check: Annotated[Check | None, *word_of(get_args(Check)), Field(examples=["mod10"])] = None
    """KID: mod10 or mod11. Without it ours are mod10, and your own may be either."""
    type: Annotated[Slip | None, PlainValidator(parse_slip), as_text(r"\+?7[15]", "71", also=("integer",))] = None
    """FIK: the type of slip, 71 or 75. Without it 71."""

    def rule(self) -> ReferenceRule:
        """Return the domain's rule."""
        return ReferenceRule(
            kind=ReferenceKind(self.kind),
            level=self.level or 2,
            check=self.check,
            lengths=tuple(sorted(self.lengths)),
            slip=self.type or "71",
        )


def misplaced(file: ReferenceFile) -> Iterator[Fault]:
    """Tell what does not go together in the reference itself."""
    for key, kind in _OF.items():
        if getattr(file, key) is not None and file.kind != kind:
            yield ("reference", key), f"is for {kind} only, and the kind is {file.kind}", "leave it out"
    if file.lengths:
        yield from _wrong_lengths(file)
    elif file.level == 4:
        cure = 'add the length that is agreed with the bank, or both, as in "lengths: [10, 12]"'
        yield ("reference", "lengths"), "is missing; level 4 has one or two fixed lengths", cure


def _wrong_lengths(file: ReferenceFile) -> Iterator[Fault]:
    where, most = ("reference", "lengths"), _MOST.get(ReferenceKind(file.kind), 0)
    if not most:
        yield where, f"are for ocr and kid only, and the kind is {file.kind}", "leave them out"
    elif file.kind == ReferenceKind.OCR and file.level != 4:
        yield where, "are for level 4 only", 'write "level: 4", or leave the lengths out'
    elif len(file.lengths) > most:
        yield where, f"are {len(file.lengths)}; an agreement has {most} at most", f"keep {_listed(file.lengths[:most])}"
    elif len(set(file.lengths)) < len(file.lengths):
        yield where, "has a length twice", f"write {_listed(dict.fromkeys(file.lengths))}"


def _listed(lengths: Iterable[int]) -> str:
    return f"[{', '.join(map(str, lengths))}]"


def unpayable(file: ReferenceFile, payee: Payee) -> Iterator[Fault]:
    """Tell whether the reference goes with no account that is paid to."""
    iban, kind = payee.iban or "", ReferenceKind(file.kind)
    needs: dict[ReferenceKind, tuple[object, str, str]] = {
        ReferenceKind.OCR: (payee.bankgiro or payee.plusgiro, "a bankgiro or plusgiro number", "bankgiro"),
        ReferenceKind.KID: (payee.account, "a Norwegian account number", "account"),
        ReferenceKind.FIK: (payee.fik_creditor, "a Danish creditor number", "fik_creditor"),
        ReferenceKind.VIITE: (iban.startswith("FI"), "a Finnish IBAN", "iban"),
        ReferenceKind.RF: (iban, "an IBAN", "iban"),
        ReferenceKind.OGM: (iban.startswith("BE"), "a Belgian IBAN", "iban"),
        ReferenceKind.QRR: (is_qr_iban(iban), "a QR-IBAN, whose digits 5 to 9 are from 30000 to 31999,", "iban"),
    }
    has, needed, key = needs[kind]
    if not has:
        cure = f'{"correct" if getattr(payee, key) else "add"} "{key}:" under payee, or write another kind'
        yield ("reference", "kind"), f"{kind} needs {needed} as payee", cure
    elif is_qr_iban(iban) and kind is not ReferenceKind.QRR:
        problem = f"is a QR-IBAN, which takes no other reference than qrr, and the kind is {kind}"
        yield ("payee", "iban"), problem, 'write "kind: qrr", or your other IBAN'
