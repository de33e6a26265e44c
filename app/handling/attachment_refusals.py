"""Why a file that a unit attaches is not kept."""

from app.core.errors import Invalid, OutsideSystemDown


class FileTooLarge(Invalid):
    """A file has at most `most` megabytes."""

    code = "file-too-large"


class FileEmpty(Invalid):
    """There is nothing in it."""

    code = "file-empty"


class FileNameUnfit(Invalid):
    """A name is a name: no path, no control characters, not too long."""

    code = "file-name-unfit"


class FileKindUnknown(Invalid):
    """Photos (JPEG, PNG) and PDF documents can be attached."""

    code = "file-kind-unknown"


class FileLies(Invalid):
    """Its name says something else than its content: `really`."""

    code = "file-lies"


class ContentUnfit(Invalid):
    """What is in a file is not kept; whoever looks at it knows no name, who asked adds it."""


class FileBroken(ContentUnfit):
    """It cannot be read to its end."""

    code = "file-broken"


class PictureTooLarge(ContentUnfit):
    """Unpacked it would have more points than a picture needs, or more than it says itself."""

    code = "picture-too-large"


class FileActive(ContentUnfit):
    """A document that runs programs or carries other files is no proof."""

    code = "file-active"


class FileLocked(ContentUnfit):
    """A document that needs a password, or forbids what others may do with it, tells nobody."""

    code = "file-locked"


class DocumentTooLarge(ContentUnfit):
    """Unpacked it is more than anybody reads: too many pages or parts, or folded too often."""

    code = "document-too-large"


class FileNotClean(Invalid):
    """The scanner refuses it."""

    code = "file-not-clean"


class ScannerDown(OutsideSystemDown):
    """Whoever looks at files did not answer; without its word nothing is kept."""

    code = "file-scanner-down"
