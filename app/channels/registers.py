"""What a site needs before its first call: places, units, categories, codes and numbers."""

from app.channels import directory
from app.channels import service as channels
from app.organisation import service as organisation
from app.rules import code_register, rule_register, type_register, working_calendar
from app.rules import service as rules


def load_registers() -> dict[str, int]:
    """Load what is missing of the shipped registers; return how much of each was added.

    May be repeated: what is there stays as it is. Needs an open unit of work.
    """
    return {
        "regions": organisation.load_regions(),
        "units": organisation.load_units(),
        "categories": rules.load_categories(),
        "request_type_versions": type_register.load_types(),
        "wrap_up_codes": rules.load_wrap_up_codes(),
        "exclusions": rules.load_exclusions(),
        "urgency_words": rules.load_urgency_words(),
        "codes": code_register.load_codes(),
        "retention_rules": rules.load_retention_rules(),
        "calendar_days": working_calendar.load_calendar(),
        "rule_values": rule_register.load_values(),
        "numbers": channels.load_numbers(),
        "directory": directory.load_entries(),
    }
