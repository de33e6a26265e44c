"""Whether the unit that leads answers for the place where the matter is, and which one would.

Who leads stays the lead until he gives it back (domain rules 1.7, F1): a place that was put right
moves no part. The dispatcher is told, and whom to send it to is proposed.
"""

from dataclasses import dataclass

from app.handling.acting import parts_of
from app.handling.models import Part
from app.organisation import region_units
from app.organisation import service as organisation
from app.tickets import reading
from app.tickets.service import Ticket


@dataclass(frozen=True, kw_only=True)
class Misplaced:
    """A lead that does not answer for the place, and the unit of its kind that does."""

    lead_unit_id: int
    fitting_unit_id: int


def misplaced_lead(ticket: Ticket) -> Misplaced | None:
    """Return the lead that answers for another place than the ticket's, with who would fit.

    None for a bureau of the city, for a place of which only the county is known where the lead is
    of that county, and where the register has nobody who would fit, or who may not see it.
    """
    leads = parts_of(ticket.id, live=True, part=Part.LEAD)
    if not leads:
        return None
    lead = organisation.get_unit(leads[-1].unit_id)
    home = region_units.region_of_unit(lead.id)
    here = region_units.running_region(ticket.county_code, ticket.town_code)
    is_towns = region_units.is_of_town(lead.id)
    is_fit = home == here and (not is_towns or ticket.town_code in {None, "", lead.region_code})
    if not home or not here or is_fit:
        return None
    fitting = _fitting(ticket, is_towns=is_towns)
    if fitting is None or fitting.id == lead.id or reading.is_kept_out(fitting.id, ticket):
        return None
    return Misplaced(lead_unit_id=lead.id, fitting_unit_id=fitting.id)


def _fitting(ticket: Ticket, *, is_towns: bool) -> organisation.Unit | None:
    """Return the town's unit where a town leads and the register has it, else the county's."""
    town = region_units.unit_of_town(ticket.town_code) if is_towns else None
    county = region_units.unit_of_county(ticket.county_code, town_code=ticket.town_code)
    return town or county
