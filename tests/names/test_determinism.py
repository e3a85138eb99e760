"""What a name and an entry are to each other hangs on the two alone: not on the order, nor on what else is listed."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from licet.names import Found, Named, NameIndex, compare
from licet.names.settings import DEFAULT

# Words that meet each other in every way: exact, misspelt, joined, as initials, by sound, as numbers.
WORDS = (
    "Huawei Hua Wei Huawie Technologies Tech Technologiya Electronics Elektronika Electronisc Beijing Shanghai Kazan "
    "Plant Zavod Research Institute NII CETC China Group Corporation Ltd LLC JSC Co 10 711 711th Second (HK) Import "
    "Export Importexport Mikron Micron Микрон Baikal Байкал Semicond uctors Semiconductors Aviation Trading "
    "海康威视 有限公司 محمد Mohammed A B. Optoelectronic Optoelectrnoic Svyaz Iskra Iskar"
).split()

names = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)
countries = st.sampled_from([(), ("CN",), ("RU",), ("CN", "RU")])
addresses = st.sampled_from([(), ("555 Qianmo Road, Hangzhou",), ("Pr. Yuria Gagarina 2, St. Petersburg",)])
entries = st.lists(
    st.tuples(st.lists(names, min_size=1, max_size=3).map(tuple), countries, addresses), min_size=1, max_size=12
).map(lambda rows: [Named(f"k{n:02}", *row) for n, row in enumerate(rows)])


def only(found: Found, keys: set[str]) -> Found:
    return Found(tuple(match for match in found.matches if match.key in keys), found.cut)


@given(entries, names, st.sampled_from([None, "CN", "RU"]), st.data())
@settings(max_examples=150, deadline=None)
def test_a_part_of_the_list_answers_as_the_whole_does_for_it(
    listed: list[Named], name: str, country: str | None, data: st.DataObject
) -> None:
    part = data.draw(st.lists(st.sampled_from(listed), unique_by=lambda entry: entry.key))
    address = data.draw(st.sampled_from([None, "555 Qianmo Rd, Hangzhou"]))
    whole = NameIndex(listed).search(name, country=country, address=address)
    shuffled = data.draw(st.permutations(part))
    assert NameIndex(shuffled).search(name, country=country, address=address) == only(whole, {e.key for e in part})


@given(entries, names)
@settings(max_examples=100, deadline=None)
def test_a_search_gives_the_score_of_a_comparison(listed: list[Named], name: str) -> None:
    for match in NameIndex(listed).search(name).matches:
        entry = next(entry for entry in listed if entry.key == match.key)
        assert match.score <= max(compare(name, one).score for one in entry.names)
        assert match.score >= DEFAULT.floor


@given(names, names)
@settings(max_examples=200, deadline=None)
def test_scores_are_shares_and_explained(a: str, b: str) -> None:
    found = compare(a, b)
    assert 0.0 <= found.score <= 1.0
    assert (found.score == 1.0) == (a.casefold().split() == b.casefold().split()) or found.score < 1.0 or found.cut
    assert all(0 < pair.similarity <= 1 and pair.weight >= 0 for pair in found.aligned)
    assert bool(found.aligned) or found.score in {0.0, 1.0}


@given(names)
def test_a_name_equals_itself(name: str) -> None:
    assert compare(name, name.upper()).score == 1.0 or not name.isascii()
    assert compare(name, name).score == 1.0
