"""Decides whose results a person reads: the city's, a county's, or those of units. Pure."""

from dataclasses import dataclass

from app.core.permissions import Role

OF_THE_CITY = frozenset({Role.LEADER, Role.OVERSEER, Role.DATA_ANALYST, Role.HOTLINE_MANAGER})


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What is read: everything; or what lies in these places or is a matter of these units."""

    is_whole: bool = False
    county_code: str = ""
    unit_ids: frozenset[int] = frozenset()


def scope_of(role: str, *, unit_region: str | None, unit_ids: frozenset[int]) -> Scope:
    """Return what somebody of this role reads.

    People of a county read what lies in it, whoever handles it; all others at units what their
    unit or one below it has a part in, or what came by its channels.
    """
    if Role(role) in OF_THE_CITY:
        return Scope(is_whole=True)
    is_of_county = Role(role) is Role.COUNTY_DISPATCHER and unit_region
    return Scope(county_code=unit_region or "" if is_of_county else "", unit_ids=unit_ids)
