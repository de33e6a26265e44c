"""What cannot be done to a person who calls, each with its code."""

from app.core.errors import Conflict, Invalid, NotFound


class CallerChangedMeanwhile(Conflict):
    """Somebody else merged, split or renamed this person after the page was opened."""

    code = "caller-changed-meanwhile"


class CallerIsMerged(Conflict):
    """The person stands under another one since a merge: change that one."""

    code = "caller-is-merged"


class CallerIsForgotten(Conflict):
    """The person was forgotten on request: there is nothing left to change."""

    code = "caller-is-forgotten"


class SamePerson(Invalid):
    """A person cannot be merged with himself."""

    code = "caller-same-person"


class NobodyToMerge(Invalid):
    """No caller has the number that was given for the other person."""

    code = "caller-nobody-to-merge"


class NothingToSplit(Invalid):
    """A split leaves each of the two with at least one number."""

    code = "caller-nothing-to-split"


class LastNumber(Conflict):
    """The last number of a person stays: without one nobody finds him."""

    code = "caller-last-number"


class NumberIsTheirs(Conflict):
    """The person has this number already."""

    code = "caller-number-known"


class NoSuchNumber(NotFound):
    """No person has this number any more: it was taken away, or its person was forgotten."""

    code = "caller-number-not-found"


class NoSuchChange(NotFound):
    """There is no such merge or split of this person."""

    code = "caller-change-not-found"


class ChangeIsUndone(Conflict):
    """The merge or split was taken back before."""

    code = "caller-change-undone"


class ChangeStandsUnder(Conflict):
    """One of the two has been merged with a third since: undo that first."""

    code = "caller-change-stands-under"


class HasOpenWork(Conflict):
    """Tickets of this person are open: who is forgotten cannot be answered any more."""

    code = "caller-has-open-work"


class IsOnHold(Conflict):
    """Calls of this person are kept for the law: nothing of them is erased before that ends."""

    code = "caller-is-on-hold"


class IsRestricted(Conflict):
    """A mark against misuse holds for a number of this person."""

    code = "caller-is-restricted"


class IsCalling(Conflict):
    """A call of this person goes on right now."""

    code = "caller-is-calling"
