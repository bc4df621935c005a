"""The chart's plain rules as tables: the walk, spans of control, establishment against filled, differences."""

from __future__ import annotations

import pytest

from orgchart.rules.chart import Change, Filling, changes, filling, spans, walk

TOP, MANAGER, LEAD, AGENT = 1, 2, 3, 4
SUPERIORS = {TOP: None, MANAGER: TOP, LEAD: MANAGER, AGENT: LEAD}
COMPANY, CENTRE, GROUP, OTHER = 0, 1, 2, 3
PARENTS = [-1, COMPANY, CENTRE, CENTRE]


def test_a_walk_goes_from_the_top_down_in_the_order_given() -> None:
    parents = {10: None, 20: 10, 30: 10, 40: 30, 50: 99}
    assert walk([10, 30, 40, 20, 50], parents) == [(10, -1), (30, 0), (40, 1), (20, 0), (50, -1)]


def test_who_answers_directly_is_counted_for_the_nearest_post_above() -> None:
    seats = [(MANAGER, CENTRE, 1), (LEAD, GROUP, 2), (AGENT, GROUP, 3), (AGENT, GROUP, 4)]
    assert spans(seats, SUPERIORS, PARENTS) == {(MANAGER, CENTRE, 1): 1, (LEAD, GROUP, 2): 2}


def test_those_below_a_vacant_post_answer_to_the_next_one_up() -> None:
    seats = [(TOP, COMPANY, 9), (MANAGER, CENTRE, 1), (AGENT, GROUP, 3), (AGENT, OTHER, 4)]
    assert spans(seats, SUPERIORS, PARENTS) == {(TOP, COMPANY, 9): 1, (MANAGER, CENTRE, 1): 2}


def test_a_second_post_of_ones_own_does_not_stand_between() -> None:
    seats = [(MANAGER, CENTRE, 1), (LEAD, GROUP, 1), (AGENT, GROUP, 3)]
    assert spans(seats, SUPERIORS, PARENTS) == {(LEAD, GROUP, 1): 1}
    seats = [(TOP, COMPANY, 9), (MANAGER, CENTRE, 1), (LEAD, GROUP, 1)]
    assert spans(seats, SUPERIORS, PARENTS) == {(TOP, COMPANY, 9): 1}


def test_a_person_with_two_posts_below_counts_once() -> None:
    seats = [(MANAGER, CENTRE, 1), (LEAD, GROUP, 2), (LEAD, OTHER, 2)]
    assert spans(seats, SUPERIORS, PARENTS) == {(MANAGER, CENTRE, 1): 1}


def test_a_line_that_runs_in_a_circle_ends() -> None:
    seats = [(LEAD, GROUP, 1), (AGENT, GROUP, 2)]
    assert spans(seats, {LEAD: AGENT, AGENT: LEAD}, PARENTS) == {(AGENT, GROUP, 2): 1, (LEAD, GROUP, 1): 1}


@pytest.mark.parametrize(
    ("established", "held", "wanted"),
    [
        ({AGENT: 4}, {AGENT: 4}, Filling(4, 4, 0, 0)),
        ({AGENT: 4}, {AGENT: 3}, Filling(4, 3, 1, 0)),
        ({AGENT: 4}, {AGENT: 6}, Filling(4, 6, 0, 2)),
        ({AGENT: 4, LEAD: 1}, {AGENT: 5}, Filling(5, 5, 1, 1)),
        ({LEAD: 1}, {LEAD: 1, AGENT: 2}, Filling(1, 3, 0, 2)),
    ],
)
def test_too_many_here_do_not_make_up_for_too_few_there(
    established: dict[int, int], held: dict[int, int], wanted: Filling
) -> None:
    assert filling(established, held) == wanted


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ([], [(AGENT, GROUP)], [("came", None, (AGENT, GROUP))]),
        ([(AGENT, GROUP)], [], [("went", (AGENT, GROUP), None)]),
        ([(AGENT, GROUP)], [(AGENT, GROUP)], []),
        ([(AGENT, GROUP)], [(AGENT, OTHER)], [("moved", (AGENT, GROUP), (AGENT, OTHER))]),
        ([(AGENT, GROUP)], [(LEAD, GROUP)], [("moved", (AGENT, GROUP), (LEAD, GROUP))]),
        ([(AGENT, GROUP)], [(AGENT, GROUP), (LEAD, OTHER)], [("took_on", None, (LEAD, OTHER))]),
        ([(AGENT, GROUP), (LEAD, OTHER)], [(AGENT, GROUP)], [("gave_up", (LEAD, OTHER), None)]),
        (
            [(AGENT, GROUP), (LEAD, OTHER)],
            [(AGENT, OTHER)],
            [("moved", (AGENT, GROUP), (AGENT, OTHER)), ("gave_up", (LEAD, OTHER), None)],
        ),
    ],
)
def test_what_became_of_a_person(
    before: list[tuple[int, int]], after: list[tuple[int, int]], wanted: list[tuple[str, object, object]]
) -> None:
    one = {7: before} if before else {}
    other = {7: after} if after else {}
    assert changes(one, other) == [Change(kind, 7, old, new) for kind, old, new in wanted]  # type: ignore[arg-type]
