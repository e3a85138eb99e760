"""Official lists joined to a pack's own: what is curated stays, what is new comes in, what differs is said."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from licet import Evaluator
from licet.lists.adjudications import Adjudication, fingerprint
from licet.lists.entry import Entry, Notice, sealed
from licet.lists.snapshot import FedList, Snapshot
from licet.lists.store import Version
from licet.policy.imported import joined
from licet.policy.load import load_checked
from licet.policy.model import Listing, Pack

ROOT = Path(__file__).parents[2]
LIST = "bis_entity_list"
VINTAGE = date(2026, 7, 31)


def entry(id: str, name: str, **more: Any) -> Entry:
    said: dict[str, Any] = {
        "countries": ("CN",),
        "scope": "all",
        "review": "presumption_of_denial",
        "published": date(2024, 12, 5),
        "notices": (Notice("89 FR 96830", date(2024, 12, 5)),),
    }
    return sealed(Entry(list=LIST, id=id, name=name, **(said | more)))


def fed(*entries: Entry, holds_after: date = date(2026, 8, 30)) -> Snapshot:
    version = Version(
        source="csl", address="a file", fetched_at=datetime(2026, 8, 1, tzinfo=UTC), source_clock=VINTAGE,
        clock_basis="stated", raw_digest="0" * 64, engine="0", entries_digest="1" * 64, counts={LIST: len(entries)},
        number=7, digest="2" * 64,
    )  # fmt: skip
    one = FedList(
        list=LIST, source="csl", version=7, entries=entries, vintage=VINTAGE, asked=date(2026, 8, 1),
        holds_after=holds_after,
    )  # fmt: skip
    return Snapshot(versions=(version,), lists=(one,))


@cache
def pack() -> Pack:
    found = load_checked(ROOT / "policies" / "us_ear").pack
    assert found is not None
    return found


def listings(*entries: Entry) -> dict[str, Listing]:
    whole, _ = joined(pack(), fed(*entries))
    return {one.id: one for of in whole.lists if of.list == LIST for one in of.listings}


def differences(*entries: Entry) -> set[tuple[str, str]]:
    return {(d.listing, d.what) for d in joined(pack(), fed(*entries))[1] if d.list == LIST}


NEW = entry("4711", "Perla Optoelectronics Example Works", aliases=("Perla Works",), countries=("CN", "HK"))
ORDER = {
    "id": "t", "date": "2026-08-10", "activity": "export", "origin": "US", "destination": "CN", "end_use": "office",
    "parties": [
        {"id": "a", "roles": ["exporter"], "name": "Acme Corp", "country": "US"},
        {"id": "c", "roles": ["purchaser", "ultimate_consignee", "end_user"], "name": "Perla Works", "country": "CN"},
    ],
    "items": [{"id": "1", "kind": "commodity", "eccn": "EAR99", "origin": "US"}],
}  # fmt: skip


def judged(*entries: Entry, name: str = "Perla Works", day: str = "2026-08-10", **more: Any) -> Any:
    order = json.loads(json.dumps(ORDER)) | {"date": day} | more
    order["parties"][1]["name"] = name
    evaluator = Evaluator([pack()], lists=fed(*entries), backend="reference")
    decision = evaluator.evaluate(order, shelf_life=False)
    assert evaluator.judge(order).outcome == decision.outcome
    return decision


def test_a_new_entry_is_a_listing() -> None:
    made = listings(NEW)["4711"]
    assert (made.country, made.also_in, made.aliases) == ("CN", ("HK",), ("Perla Works",))
    assert made.rows[0].period.start == date(2024, 12, 5)
    assert made.rows[0].period.cite == "89 FR 96830"
    assert made.entry == NEW.digest
    assert made.attributes == {"group": "other", "wave": "another"}


def test_its_requirement_counts_from_its_publication() -> None:
    assert judged(NEW).outcome == "license_required"
    assert judged(NEW).regimes[0].lines[0].review == "presumption_of_denial"
    assert judged(NEW, day="2024-12-04").outcome != "license_required"
    assert judged(NEW, name="Perla Optoelektronics Example Works").outcome == "license_required"
    assert judged(NEW, name="Shenzhen Toys Trading").outcome == "no_license_required"


def test_words_that_nobody_could_read_hold() -> None:
    unreadable = entry("4711", NEW.name, aliases=NEW.aliases, scope="unreadable")
    decision = judged(unreadable)
    assert decision.release == "hold"
    policy = entry("4711", NEW.name, aliases=NEW.aliases, review="unreadable")
    line = judged(policy).regimes[0].lines[0]
    assert (line.outcome, line.review) == ("license_required", None)


def test_a_condition_that_the_vocabulary_does_not_know_holds() -> None:
    scope = [{"when": {"phase_of_the_moon": "full"}, "covers": True}, {"covers": False}]
    assert judged(entry("4711", NEW.name, aliases=NEW.aliases, scope=scope)).release == "hold"


def test_conditional_rows_are_read_with_the_packs_words() -> None:
    review = [{"when": {"eccn": {"within": ["3B001"]}}, "policy": "presumption_of_denial"}, {"policy": "case_by_case"}]
    of = entry("4711", NEW.name, aliases=NEW.aliases, review=review)
    assert judged(of).regimes[0].lines[0].review == "case_by_case"


def test_what_is_curated_keeps_its_dates_and_gets_names() -> None:
    own = next(one for of in pack().lists if of.list == LIST for one in of.listings if one.id == "sugon")
    official = entry("9", "Sugon", aliases=("Sugon Prime",), footnotes=("4",))
    made = listings(official)
    assert "9" not in made
    assert made["sugon"].rows == own.rows
    assert "Sugon Prime" in made["sugon"].aliases
    assert set(own.aliases) <= set(made["sugon"].aliases)
    assert not {what for listing, what in differences(official) if listing == "sugon"}


def test_differences_are_said() -> None:
    found = differences(entry("9", "Sugon", review="case_by_case"))
    assert ("sugon", "footnotes: 4 here, none there") in found
    assert ("sugon", "review policy: presumption_of_denial here, case_by_case there") in found
    assert ("higon", "listed here, not found there") in found


def test_a_list_past_its_age_holds() -> None:
    evaluator = Evaluator([pack()], lists=fed(NEW, holds_after=date(2026, 8, 9)), backend="reference")
    line = evaluator.evaluate(ORDER, shelf_life=False).regimes[0].lines[0]
    assert "list-stale" in {hold.code for hold in line.holds}
    assert evaluator.judge(ORDER).release == "stop"  # a requirement stands, however old the list
    assert evaluator.judge(json.loads(json.dumps(ORDER).replace("Perla Works", "Nobody Trading"))).release == "hold"


def test_a_decision_names_the_version_and_what_it_assumes() -> None:
    decision = judged(NEW)
    used = decision.provenance.lists["csl"]
    assert (used.version, used.digest, used.current_through) == (7, "2" * 64, VINTAGE)
    told = " ".join(notice.message for notice in decision.regimes[0].notices)
    assert "source `csl`, version 7" in told
    assert "nobody was removed before 2026-07-31" in told


def test_the_order_of_entries_changes_nothing() -> None:
    one, other = entry("1", "Perla One"), entry("2", "Perla Two")
    assert msgspec.json.encode(sorted(listings(one, other))) == msgspec.json.encode(sorted(listings(other, one)))


@pytest.mark.parametrize(
    "name", ["Perla Works", "PERLA OPTOELECTRONICS EXAMPLE WORKS CO LTD", "Perla Optoelectronic Works"]
)
def test_a_removed_list_entry_is_not_in_another_version(name: str) -> None:
    assert judged(NEW, name=name).release != "go"
    assert judged(entry("1", "Quite Another Name"), name=name).release == "go"


def test_a_finding_that_expires_is_heeded_through_its_last_day_by_every_way_of_asking() -> None:
    made = Adjudication(
        finding="dismissed", reason="a baker", author="R. Roe", expires_on=date(2026, 8, 10), id=1,
        party=fingerprint("Perla Works", "DE"), name="Perla Works", country="DE", list=LIST, listing="4711",
        digest=NEW.digest, made_on=date(2026, 8, 1),
    )  # fmt: skip
    lists = msgspec.structs.replace(fed(NEW), adjudications=(made,))
    evaluator = Evaluator([pack()], lists=lists, backend="reference")
    order = json.loads(json.dumps(ORDER))
    order["parties"][1]["country"] = "DE"
    for _ in range(2):
        released = [evaluator.judge(order, as_of=day).release for day in ("2026-08-10", "2026-08-11")]
        assert released == ["go", "hold"]
    decisions = [evaluator.evaluate(order, as_of=day) for day in ("2026-08-10", "2026-08-11")]
    assert [decision.release for decision in decisions] == ["go", "hold"]
    assert decisions[0].valid_until == date(2026, 8, 10)
    assert decisions[0].provenance.adjudications is not None
