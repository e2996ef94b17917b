"""What the visits of the notices must show, whatever the platform did; pure functions."""

from typing import Iterable

from _callee import Visit
from _manners import ACCEPTED, AGAIN, EITHER

Visits = dict[str, list[Visit]]


def by_notice(visits: Iterable[Visit]) -> Visits:
    found: Visits = {}
    for visit in visits:
        found.setdefault(visit.identity, []).append(visit)
    return found


def faults(visits: Iterable[Visit]) -> list[str]:
    notices = by_notice(visits)
    return [*_changed(notices), *_repeated(notices), *_given_up(notices), *_out_of_order(notices)]


def _changed(notices: Visits) -> list[str]:
    """The same identity has the same bytes, and so the same place in the same lane."""
    return [
        f"{identity} came in several forms"
        for identity, visits in notices.items()
        if len({(one.lane, one.sequence, one.body_sha256) for one in visits}) > 1
    ]


def _repeated(notices: Visits) -> list[str]:
    """With nobody killed, what was accepted on a whole answer does not come again."""
    found = []
    for identity, visits in notices.items():
        first = next((at for at, one in enumerate(visits) if one.accepted), len(visits))
        if first + 1 < len(visits):
            found.append(f"{identity} came again after it was accepted")
    return found


def _given_up(notices: Visits) -> list[str]:
    return [
        f"{identity} did not come again after: {visits[-1].manner.name}"
        for identity, visits in notices.items()
        if visits[-1].manner.effect == AGAIN
    ]


def _out_of_order(notices: Visits) -> list[str]:
    """A notice's first visit is later than the acceptance of the one before it in its lane."""
    found = []
    lanes: dict[tuple[str, str], list[list[Visit]]] = {}
    for visits in notices.values():
        lanes.setdefault((visits[0].partner, visits[0].lane), []).append(visits)
    for (_, lane), members in lanes.items():
        members.sort(key=lambda visits: visits[0].sequence)
        for before, after in zip(members, members[1:]):
            if not _had_ended(before, after[0]):
                found.append(
                    f"{lane}: {after[0].sequence} came before {before[0].sequence} was accepted"
                )
    return found


def _had_ended(visits: list[Visit], later: Visit) -> bool:
    return any(
        one.order < later.order
        and one.manner.effect in (ACCEPTED, EITHER)
        and one.wholly_answered is not None
        and one.wholly_answered <= later.began
        for one in visits
    )
