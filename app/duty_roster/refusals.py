"""What cannot be done with a duty roster."""

from app.core.errors import Conflict, Invalid, NotFound


class NoSuchDutyPerson(NotFound):
    """The unit's register knows nobody of that id."""

    code = "duty-person-not-found"


class NoSuchDuty(NotFound):
    """The unit's roster has no such spell."""

    code = "duty-not-found"


class NotYourRoster(NotFound):
    """The roster is not this person's to keep: as if it were not there."""

    code = "roster-not-found"


class UnfitNumber(Invalid):
    """People on duty at night are called: a mobile or landline number."""

    code = "duty-number-unfit"


class EndsBeforeItBegins(Invalid):
    """A spell ends after it begins, and within a week."""

    code = "duty-ends-before"


class DutyIsPast(Invalid):
    """Who was on duty yesterday was: only what is not over can be changed."""

    code = "duty-is-past"


class NothingToCopy(Conflict):
    """The week before has no spells, or all of them are here already."""

    code = "duty-nothing-to-copy"


class StillOnRoster(Conflict):
    """Somebody who is still on the roster cannot be removed."""

    code = "duty-person-still-planned"
