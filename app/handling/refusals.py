"""What cannot be done with a ticket, and why."""

from app.core.errors import Conflict, Invalid, NotAllowed


class TicketChanged(Conflict):
    """Somebody else did something with it since this page was shown; `act` says what."""

    code = "ticket-changed"


class NotYourPart(NotAllowed):
    """Only a unit that has a part in it does this."""

    code = "not-your-part"


class NotYourContact(NotAllowed):
    """Only who spoke with the citizen adds what was said, and once."""

    code = "not-your-contact"


class NotWhileHandling(Conflict):
    """The citizen is called about a ticket while it is handled, or to be asked about."""

    code = "not-while-handling"


class CallerNotAnswered(Conflict):
    """By the rule it started under the hotline answers the caller, and has not yet."""

    code = "caller-not-answered"


class AnswerNotOwed(Conflict):
    """The hotline owes this caller no answer: the unit gives it, or he was told already."""

    code = "answer-not-owed"


class NobodyAnswered(Invalid):
    """What proves the answer is a call in which the citizen talked."""

    code = "nobody-answered"


class DeskIsOpen(Conflict):
    """Whoever has a desk open calls from there."""

    code = "desk-is-open"


class GoesToAdjudication(Conflict):
    """It was sent about `most` times: the hotline decides who handles it."""

    code = "ticket-goes-to-adjudication"


class NotBelow(Invalid):
    """A ticket is sent down to a unit below one's own."""

    code = "unit-not-below"


class UnitTwice(Invalid):
    """The lead does not assist itself, and nobody assists twice."""

    code = "unit-twice"


class UnitCannotHandle(Invalid):
    """The hotline itself and sub-centres are no handling units."""

    code = "unit-cannot-handle"


class UnitIsKeptOut(Invalid):
    """The complaint is about this unit, or about one above it: it does not judge itself."""

    code = "unit-is-kept-out"


class NotToTownLevel(Invalid):
    """Such a matter may not be put on a town (F9 of domain rules 1.7)."""

    code = "not-to-town-level"


class TownHasPart(Conflict):
    """`unit` leads or has a part, and a matter of this category may not be put on a town (F9)."""

    code = "town-has-part"


class AddressIsHidden(Conflict):
    """Nobody who cannot read an address corrects it."""

    code = "address-is-hidden"


class InnerLimitTooLong(Invalid):
    """What is asked of others must be back before one's own limit ends."""

    code = "inner-limit-too-long"


class TooManyExtensions(Conflict):
    """It was extended as often as the rule allows."""

    code = "too-many-extensions"


class ExtensionTooLong(Invalid):
    """An extension is at most as long as the limit itself."""

    code = "extension-too-long"


class WouldStopItsClocks(Conflict):
    """What is handled is made void with a reason, and not called something that is only counted."""

    code = "would-stop-its-clocks"


class WishStillOpen(Conflict):
    """What was asked for before is not decided yet."""

    code = "wish-still-open"


class NoWishOpen(Conflict):
    """There is nothing to decide: it was decided, or lapsed."""

    code = "no-wish-open"


class NoSuchContact(Invalid):
    """The contact is not of this ticket, or did not reach the citizen."""

    code = "no-such-contact"


class CallIsNotHis(Invalid):
    """The call was not made to this ticket's citizen by you, or proves another contact already."""

    code = "call-is-not-his"


class HeTalked(Invalid):
    """Somebody took this call: what was answered is written down, or when to call again."""

    code = "visit-call-talked"


class ExclusionUntrue(Conflict):
    """The reason says that nobody can be called, and there is a number."""

    code = "exclusion-untrue"


class MarkUnfit(Invalid):
    """A mark is one of five."""

    code = "mark-unfit"


class AnswersMissing(Invalid):
    """Who was reached was asked all three things."""

    code = "visit-answers-missing"


class AskedTooSeldom(Conflict):
    """He may be given up as not reached after `needed` attempts; `made` were made."""

    code = "visited-too-seldom"


class ChildNotAnswered(Conflict):
    """`number`, merged into this one, has a caller who was not answered yet."""

    code = "child-not-answered"


class ChildWantsMore(Conflict):
    """`number`, merged into this one, has a caller who asked for it to be handled again."""

    code = "child-wants-more"


class MergedIntoItself(Invalid):
    """A ticket follows another one, which is open and follows none; both are the hotline's."""

    code = "merge-master-unfit"


class NoRedoAsked(Conflict):
    """Nobody who was asked wanted it handled again."""

    code = "no-redo-asked"


class OpinionsMissing(Conflict):
    """`unit` was asked for its part and has not given it."""

    code = "opinions-missing"


class UnknownCode(Invalid):
    """The list has no such code today."""

    code = "code-not-in-list"


class FollowedUpAlready(Conflict):
    """Somebody else took it from the pool a moment ago."""

    code = "followed-up-already"


class CitizenHasAnswered(Conflict):
    """He said in this round what he thinks; nobody asks again or leaves it out."""

    code = "citizen-has-answered"


class NotForThisPerson(Invalid):
    """Follow-up goes to somebody who follows tickets up, and to another one."""

    code = "hand-over-not-to-him"
