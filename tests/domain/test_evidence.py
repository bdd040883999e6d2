"""An evidence pack verifies, and nothing in it can be changed, added or taken away without being found."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from zlib import crc32

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from domain.archive import MOST_FILES, STRUCTURE, ArchiveError, read, write
from domain.evidence import CLAIM, HISTORY, LOG, NOTHING, Piece, act_path, check, compact, head_of, packed, rows

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
STEADY = settings(derandomize=True, deadline=None, max_examples=120, database=None)
THOROUGH = settings(STEADY, max_examples=500, suppress_health_check=[HealthCheck.too_slow])

names = st.from_regex(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,8}", fullmatch=True)
paths = st.lists(names, min_size=1, max_size=3).map("/".join).filter(lambda path: path not in {LOG, CLAIM, HISTORY})
moments = st.integers(0, 500).map(lambda hours: AT + timedelta(hours=hours))
contents = st.dictionaries(paths, st.tuples(st.binary(max_size=60), moments), min_size=2, max_size=6)
notices = st.none() | st.dictionaries(st.sampled_from(["principal", "interest"]), st.text(max_size=9))
acts = st.lists(st.text(max_size=9), max_size=4)


def pieces_of(files: dict[str, tuple[bytes, datetime]], told: list[str]) -> list[Piece]:
    entries = [{"did": one} for one in told]
    history = Piece(HISTORY, rows(entries), "what was done", AT + timedelta(hours=500))
    lines = [Piece(act_path(n), compact(entry), "act", AT) for n, entry in enumerate(entries, start=1)]
    return [*lines, *(Piece(path, body, "a file", at) for path, (body, at) in files.items()), history]


packs = st.builds(
    lambda files, notice, told: packed(pieces_of(files, told), AT + timedelta(days=30), notice), contents, notices, acts
)
PACK = packed(
    pieces_of({"a.txt": (b"first", AT), "b/c.txt": (b"second", AT), "d.txt": (b"third", AT)}, ["sent"]),
    AT,
    {"principal": "249.00"},
)


def found_in(data: bytes) -> list[str]:
    return [str(problem) for problem in check(data).problems]


def with_log(data: bytes, *lines: bytes) -> bytes:
    """The same pack with other lines, in a ZIP without fault."""
    return write({**read(data).files, LOG: b"".join(line + b"\n" for line in lines)})


def log_of(data: bytes) -> list[bytes]:
    return read(data).files[LOG].splitlines()


# --- what is right ---------------------------------------------------------------------------------------------------


@STEADY
@given(packs)
def test_a_pack_verifies(pack):
    assert found_in(pack) == []


@STEADY
@given(contents, notices, acts, st.randoms(use_true_random=False))
def test_the_same_pieces_give_the_same_bytes_in_whichever_order_they_come(files, notice, told, random):
    files = {path: (body, AT + timedelta(hours=n)) for n, (path, (body, _)) in enumerate(files.items())}
    pieces = pieces_of(files, told)[len(told) :]
    shuffled = random.sample(pieces, len(pieces))

    assert packed(pieces, AT, notice) == packed(shuffled, AT, notice)


@STEADY
@given(packs)
def test_any_reader_of_zips_finds_the_files(pack):
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == check(pack).files
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_log_can_be_followed_by_hand():
    before = NOTHING
    for line in log_of(PACK):
        fields = json.loads(line)
        assert fields["prev"] == before
        before = sha256(line).hexdigest()

    assert before == check(PACK).head == head_of(PACK)
    assert fields["what"] == "sealed"


def test_a_hand_over_names_the_evidence_that_it_rests_on():
    lines = log_of(PACK)
    claim = json.loads(read(PACK).files[CLAIM])

    assert claim == {"principal": "249.00", "evidence": {"lines": 5, "sha256": sha256(lines[4]).hexdigest()}}
    assert [json.loads(line)["path"] for line in lines[5:]] == [CLAIM, LOG]


# --- what is not -----------------------------------------------------------------------------------------------------


def test_every_flipped_bit_is_found():
    for at in range(len(PACK)):
        for bit in range(8):
            assert found_in(PACK[:at] + bytes([PACK[at] ^ 1 << bit]) + PACK[at + 1 :]), (at, bit)


@THOROUGH
@given(packs, st.data())
def test_any_changed_byte_is_found(pack, data):
    at = data.draw(st.integers(0, len(pack) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda other: other != pack[at]))

    assert found_in(pack[:at] + bytes([byte]) + pack[at + 1 :])


@STEADY
@given(packs, st.data())
def test_a_pack_that_is_cut_short_or_goes_on_is_found(pack, data):
    cut = data.draw(st.integers(0, len(pack) - 1))
    more = data.draw(st.binary(min_size=1, max_size=40))
    at = data.draw(st.integers(0, len(pack)))

    assert found_in(pack[:cut])
    assert found_in(pack + more)
    assert found_in(pack[:at] + more + pack[at:])
    assert found_in(pack[: min(at, len(pack) - 1)] + pack[min(at, len(pack) - 1) + 1 :])


@STEADY
@given(packs, st.data())
def test_two_files_that_change_places_are_both_named(pack, data):
    files = dict(read(pack).files)
    one, other = data.draw(st.lists(st.sampled_from(sorted(files)), min_size=2, max_size=2, unique=True))
    assume(files[one] != files[other])
    files[one], files[other] = files[other], files[one]

    named = {problem.where for problem in check(write(files)).problems}

    assert f"{LOG} line 1" in named if LOG in (one, other) else {one, other} <= named


@STEADY
@given(packs, st.data())
def test_a_file_that_is_added_or_taken_away_is_named(pack, data):
    files = dict(read(pack).files)
    lost = data.draw(st.sampled_from(sorted(set(files) - {LOG})))
    added = data.draw(paths.filter(lambda path: path not in files))

    assert found_in(write({**files, added: b""})) == [f"{added}: is not in the log"]
    del files[lost]
    assert lost in {problem.where for problem in check(write(files)).problems}


@STEADY
@given(packs, st.data(), st.binary(max_size=20))
def test_a_file_that_is_changed_with_its_line_breaks_the_chain_after_it(pack, data, body):
    checked = check(pack)
    line = data.draw(st.sampled_from([one for one in checked.lines if one.path in checked.files and one.path != LOG]))
    assume(checked.files[line.path] != body)
    lines = log_of(pack)
    lines[line.seq - 1] = bytes(replace(line, sha256=sha256(body).hexdigest(), size=len(body)))
    forged = write({**checked.files, line.path: body, LOG: b"".join(one + b"\n" for one in lines)})

    assert f"{LOG} line {line.seq + 1}" in {problem.where for problem in check(forged).problems}


def test_a_pack_whose_last_acts_are_cut_off_is_not_sealed():
    for kept in range(len(log_of(PACK))):
        lines = log_of(PACK)[:kept]
        told = {json.loads(line)["path"] for line in lines} | {HISTORY}
        files = {path: body for path, body in read(PACK).files.items() if path in told}
        cut = write({**files, LOG: b"".join(line + b"\n" for line in lines)})

        assert f"{LOG}: is not sealed: its last line does not fit those before" in found_in(cut)


def test_a_file_that_two_lines_tell_of_is_named():
    twice = packed([Piece("a.txt", b"1", "a file", AT), Piece("a.txt", b"1", "a file", AT)], AT)

    assert found_in(twice) == ["a.txt: is in the log twice"]


def test_lines_are_counted_from_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("domain.evidence.len", lambda one: len(one) + (isinstance(one, list)), raising=False)
    counted = packed([Piece("a.txt", b"1", "a file", AT)], AT)
    monkeypatch.undo()

    assert found_in(counted) == [f"{LOG} line 1: says that it is line 2", f"{LOG} line 2: says that it is line 3"]


def test_who_makes_the_whole_chain_anew_has_another_head():
    files = {"a.txt": (b"forged", AT), "b/c.txt": (b"second", AT), "d.txt": (b"third", AT)}
    forged = packed(pieces_of(files, ["sent"]), AT, {"principal": "249.00"})

    assert found_in(forged) == []
    assert head_of(forged) != head_of(PACK)


def test_each_problem_is_told_by_itself():
    files = dict(read(PACK).files)
    files["a.txt"], files["x.txt"] = b"other", b"added"
    del files["d.txt"]

    assert [problem.where for problem in check(write(files)).problems] == ["a.txt", "d.txt", "x.txt"]


def test_a_claim_that_names_other_evidence_is_named():
    files = dict(read(PACK).files)
    claim = files[CLAIM].replace(b'"lines": 5', b'"lines": 4')
    first = [json.loads(line) for line in log_of(PACK)][:-1]
    first[-1] |= {"sha256": sha256(claim).hexdigest(), "size": len(claim)}
    log = rows(first)
    seal = {**json.loads(log_of(PACK)[-1]), "sha256": sha256(log).hexdigest(), "size": len(log)}
    seal["prev"] = sha256(log.splitlines()[-1]).hexdigest()

    problems = check(write({**files, CLAIM: claim, LOG: log + rows([seal])})).problems

    assert [str(problem) for problem in problems] == [f"{CLAIM}: names other evidence than the log has before it"]


# --- what is no pack -------------------------------------------------------------------------------------------------


@THOROUGH
@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda tail: b"PK\x03\x04" + tail))
def test_garbage_is_told_and_raises_nothing(data):
    assert found_in(data)


@pytest.mark.parametrize(
    "line",
    [b"", b"[]", b"null", b'"x"', b"{}", b"[" * 100_000, b'{"seq":' + b"9" * 5000 + b"}", b'{"a":"\\ud800"}', b"\xff"],
)
def test_a_log_of_garbage_is_told_and_raises_nothing(line):
    assert f"{LOG} line 1: is not a line as Kvitt writes it" in found_in(with_log(PACK, line))


def test_a_log_may_not_say_true_for_one():
    first = log_of(PACK)[0].replace(b'"seq":1,', b'"seq":true,')

    assert f"{LOG} line 1: is not a line as Kvitt writes it" in found_in(with_log(PACK, first, *log_of(PACK)[1:]))


def test_an_empty_log_and_no_log_are_told():
    assert found_in(write({LOG: b""}))
    assert found_in(write({"a.txt": b""})) == [f"{LOG}: is missing; this is no evidence pack"]


@pytest.mark.parametrize("path", ["../a", "/a", "a/../b", "a//b", "a/", ".a", "a/.b", "a\\b", "ä", "C:a", "a\n"])
def test_a_path_that_leads_elsewhere_is_neither_written_nor_read(path):
    with pytest.raises(ArchiveError, match="is no path inside a pack"):
        write({path: b"1"})

    placed = write({"x" * len(path.encode()): b"1"}).replace(b"x" * len(path.encode()), path.encode())

    assert "is no path inside a pack" in found_in(placed)[0]


@pytest.mark.parametrize("path", ["", "a" * 201])
def test_a_path_is_neither_empty_nor_endless(path):
    with pytest.raises(ArchiveError):
        write({path: b"1"})


def test_a_compressed_file_is_not_unpacked():
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"0" * 50_000_000)

    [problem] = check(bomb.getvalue()).problems

    assert problem.where == STRUCTURE
    assert "a.txt is compressed" in problem.what


def test_a_name_that_stands_twice_is_told():
    one = write({"a.txt": b"1"})
    first = one[: one.index(b"PK\x01\x02")]

    assert "a.txt is there twice" in found_in(first + one)[0]


def test_files_out_of_order_are_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("domain.archive.sorted", lambda paths: sorted(paths, reverse=True), raising=False)
    backwards = write(read(PACK).files)
    monkeypatch.undo()

    assert found_in(backwards) == [f"{STRUCTURE}: its files are not in order"]


def test_a_file_that_is_cut_off_is_named():
    whole = write({"a.txt": b"0123456789"})

    assert "a.txt is cut off: 4 of 10 bytes are there" in found_in(whole[: whole.index(b"4")])[0]


def test_a_pack_re_zipped_by_another_program_is_told():
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        for path, body in check(PACK).files.items():
            archive.writestr(path, body)

    problems = check(other.getvalue()).problems

    assert problems
    assert {problem.where for problem in problems} == {STRUCTURE}


def test_more_files_than_a_pack_holds_are_neither_written_nor_read():
    many = {f"f{n:05}": b"" for n in range(MOST_FILES + 1)}
    with pytest.raises(ArchiveError):
        write(many)
    heads = b"".join(write({path: b""}).partition(b"PK\x01\x02")[0] for path in many)

    assert f"holds over {MOST_FILES} files" in found_in(heads)[0]


def test_a_checksum_that_fits_another_text_names_its_file():
    forged = write({"a.txt": b"yes", LOG: b""}).replace(b"yes", b"not")

    assert crc32(b"yes") != crc32(b"not")
    assert "a.txt: does not fit the ZIP's checksum of it" in found_in(forged)
