"""Answers, good and bad, that form-js and our server are both asked about.

``Case.differs`` is the reason why we knowingly judge otherwise. ``ours`` then says which paths have errors with us, and
``keys`` which top-level keys of the clean data differ.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

DROPPED = object()


@dataclass(frozen=True)
class Case:
    name: str
    form: str
    answers: dict[str, Any]
    initial: dict[str, Any]
    differs: str = ""
    ours: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()


GOOD: dict[str, Any] = {
    "title": "划伤不良",
    "kind": "look",
    "qty": 3,
    "price": 2.5,
    "claim": 5,
    "found_on": "2026-11-20",
    "due_at": "2026-11-25T10:00+08:00",
    "shift_time": "08:30",
    "severity": 2,
    "stage": "making",
    "sources": ["iqc"],
    "tags": ["a"],
    "email": "li@example.cn",
    "phone": "+8613800138000",
    "batch": "AB-1234",
    "confirm": True,
    "supplier": {"name": "甲公司", "code": "S12"},
    "items": [{"part": "P1", "n": 2, "scrap": False}],
}
INITIAL: dict[str, Any] = {
    "tag_options": [{"label": "A", "value": "a"}, {"label": "B", "value": "b"}],
    "reporter": "李雷",
}
CORNER: dict[str, Any] = {"flag": False, "first": "yes", "second": "no", "inner": "内"}
CORNER_INITIAL: dict[str, Any] = {
    "people": [{"name": "李雷", "code": "u1"}, {"name": "韩梅梅", "code": "u2"}],
    "fixed": "固定",
}


def _made(name: str, form: str, base: dict[str, Any], initial: dict[str, Any], changes: dict[str, Any]) -> Case:
    initial = changes.pop("initial_only", initial)
    known = {part: changes.pop(part) for part in ("differs", "ours", "keys") if part in changes}
    answers = {key: value for key, value in {**copy.deepcopy(base), **changes}.items() if value is not DROPPED}
    return Case(f"{form}: {name}", form, answers, initial, **known)


def _case(name: str, **changes: Any) -> Case:
    return _made(name, "everything", GOOD, INITIAL, changes)


def _corner(name: str, **changes: Any) -> Case:
    return _made(name, "corners", CORNER, CORNER_INITIAL, changes)


SILENT = "form-js silently drops what it does not know; a person must be told that the answer was not taken"
ROUNDS = "form-js rounds to the interval what is typed in its picker, but keeps what is imported; we see no difference"
CASES = [
    _case("all good"),
    _case("title missing", title=DROPPED),
    _case("title empty", title=""),
    _case("title too short", title="划伤"),
    _case("title padded with blanks", title="  划伤  "),
    _case("title of 41", title="长" * 41),
    _case("title of 40", title="长" * 40),
    _case("title with a line break", title="划伤\n不良"),
    _case("title is a list", title=["x"]),
    _case("title is a number", title=12345),
    _case("kind missing", kind=None),
    _case("kind not an option", kind="evil"),
    _case("note missing while shown", kind="perf"),
    _case("note given while shown", kind="perf", perf_note="偏低"),
    _case("note forged while hidden", perf_note="x"),
    _case("quantity 0", qty=0),
    _case("quantity 1.5", qty=1.5),
    _case("quantity is text", qty="abc"),
    _case("quantity as numeric text", qty="7"),
    _case("quantity above the maximum", qty=10001),
    _case("price with three decimals", price=2.555),
    _case("price negative", price=-1),
    _case("price empty", price=None, claim=None),
    _case("claim above the computed limit", claim=8),
    _case("claim at the computed limit", claim=7.5),
    _case("date impossible", found_on="2026-02-30"),
    _case("date with a time", found_on="2026-11-20T10:00"),
    _case("date missing", found_on=None),
    _case("date and time without time", due_at="2026-11-25", differs=SILENT, ours=frozenset({"due_at"})),
    _case(
        "date and time between two intervals",
        due_at="2026-11-25T10:07+08:00",
        differs=ROUNDS,
        keys=frozenset({"due_at"}),
    ),
    _case("date and time from another zone", due_at="2026-11-25T02:00Z"),
    _case("time 25:70", shift_time="25:70", differs=SILENT, ours=frozenset({"shift_time"})),
    _case("severity as text", severity="2"),
    _case("sources empty", sources=[]),
    _case("sources with a stranger", sources=["iqc", "zzz"], differs=SILENT, ours=frozenset({"sources"})),
    _case("sources not a list", sources="iqc"),
    _case("tag not offered", tags=["zzz"], differs=SILENT, ours=frozenset({"tags"})),
    _case("e-mail without domain", email="li@"),
    _case(
        "phone without country code",
        phone="13800138000",
        differs="numbers as people in China write them are welcome",
        keys=frozenset({"phone"}),
    ),
    _case("phone is text", phone="电话"),
    _case("batch in small letters", batch="ab-12"),
    _case("batch with a line break at the end", batch="AB-1234\n"),
    _case("not confirmed", confirm=False),
    _case("confirmation missing", confirm=DROPPED),
    _case("confirmation as text", confirm="true"),
    _case("supplier code wrong", supplier={"name": "x", "code": "12"}),
    _case("supplier missing", supplier=DROPPED),
    _case("row without part", items=[{"part": "", "n": 2}]),
    _case("second row wrong", items=[{"part": "P1", "n": 2}, {"part": "P2", "n": 0}]),
    _case("row at the limit needs no reason", items=[{"part": "P1", "n": 10}]),
    _case("row above the limit needs a reason", items=[{"part": "P1", "n": 11}]),
    _case("row with its reason", items=[{"part": "P1", "n": 11, "why": "返工"}]),
    _case("no rows", items=[]),
    _case(
        "rows as text",
        items="x",
        differs="what is not a list is refused; form-js makes one empty row of it",
        ours=frozenset({"items"}),
    ),
    _case(
        "read-only forged",
        reporter="黑客",
        differs="a read-only answer comes from the server, whatever is sent",
        keys=frozenset({"reporter"}),
    ),
    _case("unknown key", hack=1),
    _case("computed value forged", loss=1),
    _corner("all good"),
    _corner("flag hides one, shows the other", flag=True, by_flag="x", by_not="y"),
    _corner("condition on a missing flag", flag=DROPPED, by_flag="x", by_not="y"),
    _corner("chain of two", second="yes", third="x"),
    _corner("chain of two, required missing", second="yes"),
    _corner(
        "chain broken at its head",
        first="no",
        second="yes",
        third="x",
        inner=DROPPED,
        differs="a hidden field has no value; form-js still sees its imported one",
        keys=frozenset({"third"}),
    ),
    _corner("hidden group asks nothing", first="no", inner=DROPPED),
    _corner("shown group asks", inner=DROPPED),
    _corner("dotted key", contact={"name": "韩梅梅"}),
    _corner("number kept as text", text_number="1.500"),
    _corner("number kept as text, given as number", text_number=2.25),
    _corner("number kept as text, four decimals", text_number="1.0001"),
    _corner(
        "read-only and required but empty",
        initial_only={"people": []},
        differs="nobody could mend it: a read-only answer is not judged",
    ),
    _corner("blank text in a required field", inner="   ", differs="blanks are no answer", ours=frozenset({"inner"})),
    _corner("step kept", step=2.5),
    _corner("step missed", step=2.3),
    _corner("step negative", step=-2.5),
    _corner("number in exponent notation", plain="1e3"),
    _corner("optional number is text", plain="vier", differs=SILENT, ours=frozenset({"plain"})),
    _corner("length limit from a number", plain=3, sized="四个字呀"),
    _corner("length limit absent", plain=None, sized="四个字呀"),
    _corner("pattern with blanks, full-width blank", area="甲　乙"),
    _corner("pattern refuses two blanks", area="甲  乙"),
    _corner("dynamic option", dynamic="u2"),
    _corner("dynamic option not offered", dynamic="u9", differs=SILENT, ours=frozenset({"dynamic"})),
    _corner("text one and number one differ", mixed=["1"]),
    _corner("number one and true differ", mixed=[1, True]),
    _corner("moment normalised to UTC", utc="2026-11-25T10:00+08:00"),
    _corner("moment given in UTC", utc="2026-11-25T02:00Z"),
    _corner("moment without zone", local="2026-11-25T10:10", differs=ROUNDS, keys=frozenset({"local"})),
    _corner("time with offset", offset_time="08:30+08:00"),
    _corner("time from another zone", offset_time="00:30Z"),
    _corner(
        "date before today",
        future="2020-01-01",
        differs="form-js only greys such days out in its calendar",
        ours=frozenset({"future"}),
    ),
    _corner("disabled value sent", off="x"),
    _corner("read-only by condition, nothing there before", flag=True),
    _corner("default does not fill what was emptied", preset=""),
    _corner(
        "nested rows and totals",
        orders=[{"no": "B", "lines": [{"amount": 2}, {"amount": 3}]}, {"no": "C", "lines": [{"amount": 5}]}],
    ),
    _corner("nested row wrong", orders=[{"no": "B", "lines": [{"amount": 2}, {"amount": -3}]}]),
    _corner("nested condition sees parent and index", orders=[{"no": "A", "lines": [{"amount": 1}, {"amount": 1}]}]),
    _corner("outer row without its number", orders=[{"no": "", "lines": []}]),
]
