"""Calling a citizen: his own leg is there from the first moment and waits for the agent (ADR 0016).

How the two find each other stands in deploy/asterisk/templates/control.conf, under `calling out`.
"""

from telephony.asterisk.call_legs import party_name
from telephony.asterisk.checked_orders import checked_key, checked_phone, checked_target
from telephony.asterisk.node_link import NodeLink
from telephony.control_events import PartyRole
from telephony.control_orders import CallOut, Target, TargetKind

RINGER_STAYS_SECONDS = 5  # after the ring, to say what came of it
CARRIER = "carrier"  # the endpoint of deploy/asterisk/templates/pjsip.conf


def call_out(link: NodeLink, order: CallOut) -> None:
    """Let the citizen's leg wait for the agent, and ring the agent beside it."""
    is_outside = order.phone_kind is TargetKind.NUMBER
    phone = _checked_telephone(order.phone) if is_outside else checked_phone(order.phone)
    key = checked_key(order.call_key)
    target = checked_target(
        Target(kind=TargetKind.NUMBER, address=order.number, shown_number=order.shown_number)
    )
    name = party_name(order.order_id, PartyRole.CITIZEN, target)
    shown = target.shown_number or _own_number(link)
    contact = "" if is_outside else link.newest_contact(phone)
    said = (
        name, target.address, target.shown_number, shown, phone,
        contact, order.ring_seconds, order.phone_kind,
    )  # fmt: skip
    # Only when it waits for the outcome does Asterisk (22.10) run the PreDialGoSub, and then
    # before it sets any variable: what the leg must know are arguments.
    link.say_aside(
        Action="Originate",
        Channel=f"PJSIP/{target.address}@{CARRIER}",
        ChannelId=key,
        PreDialGoSub=f"out-waits,s,1({','.join(str(one) for one in said)})",
        Context="out",
        Exten="s",
        Priority=1,
        Timeout=order.ring_seconds * 1000,
    )
    link.ask(
        Action="Originate",
        Channel=f"Local/{key}@out-ring/n",
        Context="out-agent",
        Exten="s",
        Priority=1,
        Timeout=(order.ring_seconds + RINGER_STAYS_SECONDS) * 1000,
        Async="true",
    )


def _checked_telephone(number: str) -> str:
    """Return somebody's own telephone as it is dialled; refuses anything else."""
    return checked_target(Target(kind=TargetKind.NUMBER, address=number)).address


def _own_number(link: NodeLink) -> str:
    answer = link.ask(Action="Getvar", Variable="HL_OWN_NUMBER")
    return answer.headers.get("Value", "")
