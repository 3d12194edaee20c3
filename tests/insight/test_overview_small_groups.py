"""U3: groups under five families are hidden, also by subtraction. Properties, for any numbers."""

from hypothesis import given
from hypothesis import strategies as st

from insight.small_groups import FEWEST, shown, shown_alone, shown_in

groups = st.dictionaries(st.integers(0, 12), st.integers(0, 30), max_size=9)
two_levels = st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 5)), st.integers(0, 20), max_size=14)


@given(groups)
def test_U3_no_small_group_is_shown(families):
    assert not [key for key in shown(families) if 0 < families[key] < FEWEST]


@given(groups)
def test_U3_subtraction_from_the_whole_gives_no_small_group(families):
    """What is left when all shown groups are taken from the whole is nobody, or five families or more in two groups."""
    hidden = [families[key] for key in families if key not in shown(families)]
    if sum(families.values()) < FEWEST:
        return  # then the whole itself is not told
    assert not hidden or (sum(hidden) >= FEWEST and len(hidden) > 1)


@given(groups)
def test_U3_the_hidden_numbers_can_be_several_things(families):
    """Whoever knows the whole and the rule still cannot name one hidden number: moving a family between two fits too."""
    hidden = sorted(families[key] for key in families if key not in shown(families))
    if not hidden or sum(families.values()) < FEWEST:
        return
    small = [count for count in hidden if 0 < count < FEWEST]
    others = list(hidden)
    for count in small:
        others.remove(count)
        rest = sum(others)
        others.append(count)
        assert rest >= 1
        # The number could as well be one higher or lower, with another hidden group taking up the difference.
        assert rest > 1 or count > 1


@given(groups)
def test_U3_nothing_is_hidden_when_nothing_is_small(families):
    if all(count == 0 or count >= FEWEST for count in families.values()):
        assert shown(families) == set(families)


@given(groups)
def test_U3_without_a_known_whole_the_small_and_the_empty_are_hidden_alike(families):
    assert shown_alone(families) == {key for key, count in families.items() if count >= FEWEST}


@given(two_levels)
def test_U3_departments_cannot_be_worked_out_from_their_area(families):
    """Areas are shown too: within each shown area, and among the areas, what is hidden is five families or more."""
    parent = {key: key[0] for key in families}
    areas, departments = shown_in(families, parent)
    totals: dict[int, int] = {}
    for key, count in families.items():
        totals[parent[key]] = totals.get(parent[key], 0) + count
    for key in departments:
        assert parent[key] in areas
        assert not 0 < families[key] < FEWEST
    for area in areas:
        inside = [families[key] for key in families if parent[key] == area and key not in departments]
        assert not inside or totals[area] < FEWEST or (sum(inside) >= FEWEST and len(inside) > 1)
    outside = [total for area, total in totals.items() if area not in areas]
    assert not outside or sum(totals.values()) < FEWEST or (sum(outside) >= FEWEST and len(outside) > 1)


def test_U3_one_more_group_is_hidden_when_the_whole_is_known():
    assert shown({"børn": 12, "fastholdelse": 7, "unge": 5, "kui": 2, "udvikling": 3}) == {
        "børn",
        "fastholdelse",
        "unge",
    }
    assert shown({"børn": 12, "fastholdelse": 7, "unge": 5, "kui": 2}) == {"børn", "fastholdelse"}
