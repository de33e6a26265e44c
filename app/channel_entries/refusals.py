"""What a channel refuses, and why."""

from app.core.errors import Conflict, Invalid, NotAllowed, NotFound


class NoSuchChannel(NotFound):
    """There is no such channel, or it is not this person's."""

    code = "no-such-channel"


class NoSuchCase(NotFound):
    """There is no such case, or it is another unit's."""

    code = "no-such-case"


class ChannelCodeTaken(Conflict):
    """Another channel has this code."""

    code = "channel-code-taken"


class ChannelNotInUse(Conflict):
    """Nothing is entered for a channel that is not in use."""

    code = "channel-not-in-use"


class ChannelHasNotThisWay(Conflict):
    """Cases of such a channel come in another way."""

    code = "channel-has-not-this-way"


class ChannelStateDoesNotFollow(Conflict):
    """From where the channel stands then, this state cannot follow."""

    code = "channel-state-does-not-follow"


class SourceNoTaken(Conflict):
    """The channel has entered a case of this number already."""

    code = "source-no-taken"


class EditWindowOver(Conflict):
    """What was entered may be corrected for a while, and that is over."""

    code = "edit-window-over"


class CaseIsEntered(Conflict):
    """The case is no draft any more."""

    code = "case-is-entered"


class CaseIsADraft(Conflict):
    """Nothing was entered yet."""

    code = "case-is-a-draft"


class CaseIsOver(Conflict):
    """The case is closed: nothing more is noted for it."""

    code = "case-is-over"


class CaseLacks(Invalid):
    """Something that belongs to a case of this type is not there; `field` says what."""

    code = "form-needed"


class UploadGone(Conflict):
    """The sheet was taken over already, or was looked at too long ago."""

    code = "upload-gone"


class SheetNoLongerFits(Conflict):
    """Something of the sheet became wrong after it was looked at."""

    code = "sheet-no-longer-fits"


class NotAClerkHere(NotAllowed):
    """A request names nobody of the channel's unit who may enter cases."""

    code = "not-a-clerk-here"


class CaseFieldUnfit(Invalid):
    """A field of a request is empty, too long, or no day; `longest` says how much it takes."""

    code = "case-field-unfit"
