"""What may be wrong with a sheet of cases, and what would become of a row. Pure."""

from enum import StrEnum


class Fault(StrEnum):
    """What is wrong with a cell or a sheet; names the sentence `entries.fault_<value>`."""

    NEEDED = "needed"
    NEEDED_OF_TYPE = "needed_of_type"
    TOO_LONG = "too_long"
    TWICE = "twice"
    FORMULA = "formula"
    REQUEST_TYPE = "request_type"
    CATEGORY = "category"
    COUNTY = "county"
    TOWN = "town"
    MOMENT = "moment"
    FUTURE = "future"
    CONTACT = "contact"
    GENDER = "gender"
    AGE_GROUP = "age_group"
    COORDINATES = "coordinates"
    URGENCY = "urgency"
    HURRIES = "hurries"
    YES_NO = "yes_no"
    HANDLED_BY = "handled_by"
    NOT_OWN = "not_own"
    LACKS_REPLY = "lacks_reply"
    LACKS_RESULT = "lacks_result"
    LOCKED = "locked"
    HANDED_OVER = "handed_over"
    NOT_A_SHEET = "not_a_sheet"
    LIES = "lies"
    TOO_MUCH = "too_much"
    EMPTY = "empty"
    TOO_MANY = "too_many"
    NO_HEADING = "no_heading"
    TOO_MANY_CELLS = "too_many_cells"


class Outcome(StrEnum):
    """What would become of a row; names the badge `entries.row_<value>`."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    WRONG = "wrong"
