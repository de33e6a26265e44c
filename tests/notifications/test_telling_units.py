"""What happens to a ticket is told to its unit, its caller and its followers, in the same save."""

from collections.abc import Callable

import pytest

from app.core import clock as wall
from app.core.database import unit_of_work
from app.duty_roster import service as roster
from app.duty_roster.roster_rules import DutyPart
from app.handling import following, merging, results, returning, timing, unit_parts
from app.handling.models import FollowKind, TimeKind
from app.notifications.message_states import MessageState
from app.notifications.models import Message
from app.notifications.occasions import Occasion, Recipient, Way
from app.rules.time_limits import read_limit
from app.tickets.service import Urgency, get_ticket
from tests.handling import cast as play
from tests.handling import spoken
from tests.handling.cast import Cast, make_cast, saved, sweep
from tests.notifications.stage import messages

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

Tick = Callable[..., None]
FIRST, LEADER = "+8613800000001", "+8613800000003"


@pytest.fixture
def cast(app: object) -> Cast:  # noqa: ARG001 - tables of this app
    made = make_cast()
    put_on_duty(made, DutyPart.FIRST, "张值班", FIRST)
    put_on_duty(made, DutyPart.LEADER, "李领导", LEADER, email="leader@example.cn")
    return made


def put_on_duty(cast: Cast, part: DutyPart, name: str, number: str, email: str = "") -> None:
    now = wall.now()
    with unit_of_work():
        person_id = roster.set_person(
            cast.lead, name=name, number=number, email=email, by=cast.unit.user_id
        )
        for days in (0, 7, 14, 21):
            roster.plan(
                cast.lead,
                person_id=person_id,
                part=part,
                begins_at=now + (roster.A_WEEK / 7) * days,
                ends_at=now + (roster.A_WEEK / 7) * (days + 7),
                by=cast.unit.user_id,
            )


def told(occasion: Occasion) -> list[Message]:
    return [each for each in messages() if each.occasion is occasion]


def to_whom(occasion: Occasion) -> list[tuple[str, str, str]]:
    return [(str(each.recipient), str(each.way), each.address) for each in told(occasion)]


def test_a_unit_hears_of_a_new_ticket_at_its_first_person_on_duty(cast: Cast) -> None:
    ticket_id = play.open_one(cast, title="路灯不亮，打13800001234")
    play.send(cast, ticket_id)

    by_sms, by_im = told(Occasion.TICKET_DISPATCHED)
    number = get_ticket(ticket_id).number
    assert (by_sms.recipient_name, by_sms.address) == ("张值班", FIRST)
    assert (by_sms.way, by_im.way) == (Way.SMS, Way.IM)
    assert by_sms.body == (
        f"【12345派单】河源市城市管理和综合执法局：工单{number}“路灯不亮，打138****1234”，"
        "请于2026年11月24日17:30前签收。"
    )


def test_a_unit_of_a_confidential_ticket_reads_no_matter(cast: Cast) -> None:
    ticket_id = play.open_one(cast, title="邻居开赌场", is_confidential=True)
    play.send(cast, ticket_id)

    assert all("赌场" not in each.body + each.subject for each in messages())


def test_a_unit_without_a_roster_is_told_by_its_people_and_one_without_people_says_so(
    cast: Cast,
) -> None:
    from_roster = play.open_one(cast)
    play.send(cast, from_roster, lead=cast.second)

    [told_to_nobody] = told(Occasion.TICKET_DISPATCHED)
    assert (told_to_nobody.state, told_to_nobody.reason) == (
        MessageState.WITHHELD,
        "nobody_on_duty",
    )
    assert told_to_nobody.unit_id == cast.second


def test_assistants_hear_too(cast: Cast) -> None:
    helper = unit_parts.Helper(unit_id=cast.second, limit=read_limit("5wd"))
    ticket_id = play.open_one(cast)
    play.send(cast, ticket_id, assistants=(helper,))

    assert {each.unit_id for each in told(Occasion.TICKET_DISPATCHED)} == {cast.lead, cast.second}


def test_the_caller_hears_the_result_once_and_so_does_every_follower(cast: Cast) -> None:
    master = play.open_one(cast)
    child = play.open_one(cast, contact_number="13900005555", caller_name="赵先生")
    saved(merging.merge, child, master, doer=cast.dispatcher)
    play.send(cast, master)
    saved(unit_parts.sign, master, doer=cast.unit)
    play.reach(cast, master)
    play.hand_in(cast, master)
    saved(results.approve, master, doer=cast.auditor)

    heard = told(Occasion.RESULT_APPROVED)
    assert [each.address for each in heard] == ["+8613900002817", "+8613900005555"]
    assert all(play.REPLY in each.body for each in heard)
    assert to_whom(Occasion.TICKET_MERGED) == [("caller", "sms", "+8613900005555")]


def test_a_result_that_was_sent_back_is_no_news_for_the_caller(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    play.reach(cast, ticket_id)
    play.hand_in(cast, ticket_id)
    saved(results.send_back, ticket_id, "too_vague", "请写明", doer=cast.auditor)

    assert told(Occasion.RESULT_APPROVED) == []
    assert to_whom(Occasion.RESULT_SENT_BACK) == [("unit", "sms", FIRST)]


@pytest.mark.parametrize(
    ("kind", "occasion"),
    [(FollowKind.URGE, Occasion.URGED), (FollowKind.SUPPLEMENT, Occasion.SUPPLEMENTED)],
)
def test_urging_and_supplements_reach_the_unit(
    cast: Cast, kind: FollowKind, occasion: Occasion, tick: Tick
) -> None:
    ticket_id = play.handled(cast)
    saved(following.add, ticket_id, kind, "什么时候修", doer=cast.agent)
    tick(minutes=1)
    saved(following.add, ticket_id, kind, "还没修", doer=cast.agent)

    assert to_whom(occasion) == [("unit", "sms", FIRST)] * 2


def test_supervision_reaches_the_leader_too(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    saved(following.add, ticket_id, FollowKind.SUPERVISE, "限期办结", doer=cast.overseer)

    assert to_whom(Occasion.SUPERVISED) == [
        ("unit", "sms", FIRST),
        ("unit_leader", "sms", LEADER),
    ]
    assert "2026年11月26日17:30前报送" in told(Occasion.SUPERVISED)[0].body


def test_a_clock_that_is_nearly_due_and_one_that_ran_out_are_told_once(
    cast: Cast, tick: Tick
) -> None:
    ticket_id = play.handled(cast)
    tick(days=21)  # the day on which fifteen working days end
    sweep()
    sweep()

    nearly = [each for each in told(Occasion.CLOCK_NEARLY_DUE) if each.ticket_id == ticket_id]
    assert [each.way for each in nearly] == [Way.SMS]
    assert "办理时限将于2026年12月14日17:30到期" in nearly[0].body
    tick(days=1)
    sweep()
    sweep()

    late = [(each.recipient, each.address) for each in told(Occasion.CLOCK_RAN_OUT)]
    assert late == [(Recipient.UNIT, FIRST), (Recipient.UNIT_LEADER, LEADER)]


def test_more_time_is_told_to_unit_and_caller(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    new = timing.NewTime(
        kind=TimeKind.EXTENSION, limit=read_limit("3wd"), reason="material", basis="备件"
    )
    saved(timing.ask_time, ticket_id, new, doer=cast.unit)
    saved(timing.decide, ticket_id, agrees=True, words="", doer=cast.dispatcher)

    assert {recipient for recipient, _, _ in to_whom(Occasion.TIME_AGREED)} == {"unit", "caller"}
    [_, caller] = told(Occasion.TIME_AGREED)
    assert "预计2026年12月17日17:30前答复" in caller.body


def test_a_refused_return_is_told_to_the_unit(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    play.give_back(cast, ticket_id)
    saved(returning.refuse, ticket_id, "属于贵单位职责", doer=cast.dispatcher)

    assert to_whom(Occasion.RETURN_REFUSED) == [("unit", "sms", FIRST)]


def test_what_was_undone_told_nobody(cast: Cast) -> None:
    ticket_id = play.open_one(cast)
    before = len(messages())

    with pytest.raises(LookupError), unit_of_work():
        play.dispatching.dispatch(
            ticket_id, play.dispatching.Plan(lead_unit_id=cast.lead), doer=cast.dispatcher
        )
        raise LookupError

    assert len(messages()) == before


def test_an_urgent_ticket_is_told_at_night_and_another_one_in_the_morning(
    cast: Cast, tick: Tick
) -> None:
    tick(hours=13)  # 23:00 in Heyuan
    for urgency in (Urgency.URGENT, Urgency.NORMAL):
        ticket_id = play.open_one(cast, urgency=urgency, urgency_reason="测试")
        play.send(cast, ticket_id)

    waits = [each.due_at - each.made_at for each in told(Occasion.TICKET_DISPATCHED)]
    assert waits[0].total_seconds() == 0
    assert waits[-1].total_seconds() == 8.5 * 3600


def test_the_units_of_a_withdrawn_ticket_need_do_nothing_more(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    call_id = spoken.call(cast.agent, direction=spoken.Direction.IN)
    saved(following.withdraw, ticket_id, call_id, doer=cast.agent)

    assert to_whom(Occasion.TICKET_WITHDRAWN) == [("unit", "sms", FIRST)]


def test_a_unit_that_is_called_in_later_is_told_with_its_inner_limit(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    helper = unit_parts.Helper(unit_id=cast.second, limit=read_limit("3wd"))
    saved(unit_parts.call_in, ticket_id, helper, doer=cast.unit)

    [message] = told(Occasion.UNIT_CALLED_IN)
    assert (message.unit_id, message.recipient, message.way) == (
        cast.second, Recipient.UNIT, Way.SMS,
    )  # fmt: skip
    assert get_ticket(ticket_id).number in message.body
    assert "【12345协办】" in message.body
    assert "规定时限" not in message.body
