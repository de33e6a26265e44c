"""The register of channels: read by many, kept by few, dated and audited."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from app.audit import service as audit
from app.channel_entries import channel_register
from app.channel_entries.channel_states import ChannelMode, ChannelState
from app.core import clock
from app.organisation import service as organisation
from tests.administration.keepers import A_LOT, SCRIPT, errors_of, page, seen_in, send
from tests.channel_entries.clerks import channel_id, load_channels
from tests.conftest import PageClient

CHANNELS = "/channels"

pytestmark = pytest.mark.usefixtures("registers", "app")


@pytest.fixture
def keeper(sign_in_as: Callable[..., PageClient]) -> PageClient:
    """Load the channels and sign in who keeps the register."""
    load_channels()
    return sign_in_as("hotline_manager")


def words(**changes: object) -> dict[str, object]:
    owner = organisation.find_unit_by_code("education").id
    return {
        "code": "education-site", "name": "教育局网站留言", "kind": "site", "mode": "undecided",
        "address": "edu.example", "owner_unit_id": owner, "ways_in": ["form", "sheet"],
        "contact_name": "", "contact_number": "", "note": "", **changes,
    }  # fmt: skip


def test_every_channel_of_the_citys_old_labels_is_shipped_as_a_sample(keeper: PageClient) -> None:
    html = page(keeper, CHANNELS)

    for name in (
        "粤省心",
        "粤省事",
        "来函",
        "微信",
        "领导留言板",
        "办不成事",
        "110 转来",
        "数字城管",
    ):
        assert name in html
    assert all(each.words.is_sample for each in channel_register.list_channels())


def test_loading_them_again_adds_nothing_and_changes_nothing(keeper: PageClient) -> None:
    before = channel_register.list_channels()

    load_channels()

    assert channel_register.list_channels() == before
    assert page(keeper, f"{CHANNELS}?text=文旅局网站").count("/channels/") >= 1


def test_the_list_is_narrowed_by_kind_mode_state_and_words(keeper: PageClient) -> None:
    html = page(keeper, f"{CHANNELS}?kind=wechat&mode=parallel&state=active&text=文旅")

    assert "文旅局微信公众号" in html
    assert "文旅局网站咨询投诉" not in html
    assert "没有符合条件的渠道" in page(keeper, f"{CHANNELS}?text=不存在的渠道")


def test_a_channel_is_added_once_under_its_code(keeper: PageClient) -> None:
    added, again = send(keeper, CHANNELS, **words()), send(keeper, CHANNELS, **words())

    assert (added.status_code, again.status_code) == (302, 409)
    assert errors_of(again.text, "code")
    channel = channel_register.find_channel("education-site")
    assert (channel.mode, channel.state) == (ChannelMode.UNDECIDED, ChannelState.ACTIVE)


@pytest.mark.parametrize(
    ("field", "value"),
    [("code", "Ärger"), ("code", ""), ("name", ""), ("name", A_LOT), ("kind", "pigeon"),
     ("owner_unit_id", "999999"), ("contact_number", "abc"), ("ways_in", "telepathy"),
     ("mode", "x")],
)  # fmt: skip
def test_what_cannot_be_is_said_at_its_field(keeper: PageClient, field: str, value: str) -> None:
    answer = send(keeper, CHANNELS, **words(**{field: value}))

    assert answer.status_code == 422
    assert errors_of(answer.text, field)


def test_what_is_typed_is_shown_as_text(keeper: PageClient) -> None:
    address = send(keeper, CHANNELS, **words(name=SCRIPT, note=SCRIPT)).location

    assert SCRIPT not in page(keeper, address)


def test_a_change_is_audited_with_what_changed_and_the_contact_is_masked(
    keeper: PageClient,
) -> None:
    address = f"{CHANNELS}/{channel_id('tourism-site')}"
    before = channel_register.get_channel(channel_id("tourism-site")).words
    typed = {
        "seen": seen_in(page(keeper, address)), "name": before.name, "kind": str(before.kind),
        "address": before.address, "owner_unit_id": before.owner_unit_id,
        "ways_in": list(before.ways_in), "contact_name": "罗秋菊",
        "contact_number": "13912342817", "note": "", "is_sample": "y",
    }  # fmt: skip

    answer = send(keeper, address, **typed)

    assert answer.status_code == 302, errors_of(answer.text, "name")
    html = page(keeper, address)
    assert "13912342817" not in html
    assert "139****2817" in html
    line = audit.list_lines().items[0]
    assert (line.kind, line.data["fields"]) == ("channel.edited", "contact_name contact_number")


def test_two_keepers_do_not_overwrite_each_other(
    keeper: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    other = sign_in_as("system_admin")
    address = f"{CHANNELS}/{channel_id('letters')}"
    before = channel_register.get_channel(channel_id("letters")).words
    typed = {
        "seen": seen_in(page(keeper, address)), "kind": str(before.kind), "address": "",
        "owner_unit_id": before.owner_unit_id, "ways_in": ["form"], "is_sample": "y",
    }  # fmt: skip

    first = send(other, address, **typed, name="来信")
    second = send(keeper, address, **typed, name="信函")

    assert (first.status_code, second.status_code) == (302, 409)
    assert "来信" in errors_of(second.text, "name")
    assert channel_register.find_channel("letters").name == "来信"


def test_a_mode_holds_from_its_day_and_the_decision_stands_beside_it(
    frozen: time_machine.Traveller,  # noqa: ARG001 - stops the clock before anybody signs in
    keeper: PageClient,
) -> None:
    id_ = channel_id("tourism-site")
    later = clock.now() + timedelta(days=10)

    send(keeper, f"{CHANNELS}/{id_}/mode", mode="merged", valid_from="2026-12-03T10:00",
         basis="河府办〔2026〕1号")  # fmt: skip

    assert channel_register.get_channel(id_).mode is ChannelMode.PARALLEL
    assert channel_register.get_channel(id_, at=later).mode is ChannelMode.MERGED
    assert "河府办〔2026〕1号" in page(keeper, f"{CHANNELS}/{id_}")
    assert audit.list_lines().items[0].kind == "channel.mode_set"


def test_yesterday_is_not_rewritten(keeper: PageClient) -> None:
    answer = send(
        keeper, f"{CHANNELS}/{channel_id('letters')}/mode", mode="merged",
        valid_from="2021-01-01T00:00", basis="",
    )  # fmt: skip

    assert answer.status_code == 422
    assert errors_of(answer.text, "valid_from")


def test_a_state_follows_only_where_the_table_says_so(keeper: PageClient) -> None:
    address = f"{CHANNELS}/{channel_id('letters')}/state"

    closed = send(keeper, address, state="closed", valid_from="", basis="")
    rests = send(keeper, address, state="suspended", valid_from="", basis="")

    assert (closed.status_code, rests.status_code) == (302, 409)
    assert errors_of(rests.text, "state")
    assert channel_register.find_channel("letters").state is ChannelState.CLOSED


def test_before_its_first_step_a_channel_is_only_planned(keeper: PageClient) -> None:
    before_all = datetime(2019, 1, 1, tzinfo=UTC)

    channel = channel_register.get_channel(channel_id("letters"), at=before_all)

    assert (channel.mode, channel.state) == (ChannelMode.UNDECIDED, ChannelState.PLANNED)
    assert keeper.get(f"{CHANNELS}/999999").status_code == 404


@pytest.mark.parametrize("role", ["shift_leader", "auditor", "overseer"])
def test_who_only_reads_the_register_sees_no_form(
    sign_in_as: Callable[..., PageClient], role: str
) -> None:
    load_channels()

    html = page(sign_in_as(role), f"{CHANNELS}/{channel_id('letters')}")

    assert "来函" in html
    assert "set_mode" not in html
    assert 'name="owner_unit_id"' not in html
