"""Differences of two versions: what was added, removed and changed adds up."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from licet.lists.changes import Field, compare
from licet.lists.entry import Entry
from tests.lists.made import FULL, entry, many


def test_nothing_changed() -> None:
    changes = compare(many(5), reversed(many(5)))
    assert (changes.added, changes.removed, changes.changed) == ((), (), ())
    assert changes.counts() == {}


def test_added_and_removed() -> None:
    changes = compare(many(5), many(5, start=1))
    assert [e.id for e in changes.added] == ["000005"]
    assert [e.id for e in changes.removed] == ["000000"]
    assert changes.counts() == {"a_list": {"added": 1, "removed": 1, "changed": 0}}


def test_an_id_of_another_list_is_another_entry() -> None:
    changes = compare([entry("1")], [entry("1", list="b_list")])
    assert changes.counts() == {
        "a_list": {"added": 0, "removed": 1, "changed": 0},
        "b_list": {"added": 1, "removed": 0, "changed": 0},
    }


def test_the_fields_that_changed() -> None:
    old = entry("1", aliases=("a",), policy="Presumption of denial", review="presumption_of_denial")
    new = entry("1", aliases=("a", "b"), policy="Case-by-case", review="presumption_of_denial")
    (changed,) = compare([old], [new]).changed
    assert changed.fields == (
        Field("aliases", ("a",), ("a", "b")),
        Field("policy", "Presumption of denial", "Case-by-case"),
    )


def test_every_field_is_compared() -> None:
    (changed,) = compare([entry("7", "Other")], [FULL]).changed
    told = {field.name for field in changed.fields}
    assert told == {*Entry.__struct_fields__} - {"list", "id", "digest"}


def test_several_entries_of_one_id_are_paired_once_the_same_are_set_aside() -> None:
    old = [entry("1", "A"), entry("1", "B"), entry("1", "C")]
    new = [entry("1", "C"), entry("1", "A"), entry("1", "D"), entry("1", "E")]
    changes = compare(old, new)
    assert [(c.old.name, c.new.name) for c in changes.changed] == [("B", "D")]
    assert [e.name for e in changes.added] == ["E"]


ENTRIES = st.lists(
    st.builds(entry, st.sampled_from("123"), st.sampled_from("ABC"), st.sampled_from(["a", "b"])), max_size=12
)


@given(old=ENTRIES, new=ENTRIES)
def test_the_old_and_the_changes_make_the_new(old: list[Entry], new: list[Entry]) -> None:
    changes = compare(old, new)
    made = Counter(e.digest for e in old)
    made.subtract(e.digest for e in (*changes.removed, *(c.old for c in changes.changed)))
    assert min(made.values(), default=0) >= 0
    made.update(e.digest for e in (*changes.added, *(c.new for c in changes.changed)))
    assert +made == Counter(e.digest for e in new)
    assert all(c.fields and (c.old.list, c.old.id) == (c.new.list, c.new.id) for c in changes.changed)
    back = compare(new, old)
    assert (len(back.added), len(back.removed)) == (len(changes.removed), len(changes.added))
