"""Pages of persons who called: masked, changed by hand, undone, and nothing typed is lost."""

import re
from typing import Any

import pytest

from app.audit import service as audit
from app.callers import person_changes, service
from app.core.database import db, unit_of_work
from tests.calls.line_news import tell
from tests.conftest import PageClient
from tests.workstation.desk_people import CALLER, enquiry, take_call, ticket

PAGE = {"Accept": "text/html"}
SCRIPT = "<script>alert(1)</script>"
PASTED = "长" * 100_000
OTHER = "15407620002"

pytestmark = [pytest.mark.usefixtures("registers"), pytest.mark.usefixtures("app")]


@pytest.fixture
def leader(sign_in_as: Any) -> PageClient:
    browser: PageClient = sign_in_as("shift_leader")
    return browser


def person(name: str, number: str = CALLER) -> int:
    with unit_of_work():
        return service.get_or_open_caller(number, name).id


def see(browser: PageClient, caller_id: int) -> str:
    answer = browser.get(f"/callers/{caller_id}", headers=PAGE)
    assert answer.status_code == 200
    return str(answer.text)


def send(browser: PageClient, path: str, **fields: Any) -> Any:
    return browser.post(path, data=fields, headers=PAGE)


def version_on(page: str, form: str) -> str:
    return re.findall(rf'name="{form}-version"[^>]*value="(\d+)"', page)[0]


@pytest.mark.postgresql
def test_a_history_stands_on_one_page_and_is_masked(leader: PageClient) -> None:
    line = take_call(leader)
    path = f"/desk/calls/{line.call().id}"
    leader.post(f"{path}/ticket", json=ticket(caller_name="陈小明", contact_number=OTHER))
    leader.post(f"{path}/enquiry-record", json=enquiry(note=f"回电 {CALLER} 已告知"))
    tell(line.ended(60))
    she = service.recognise(CALLER).persons[0].caller_id
    assert service.recognise(OTHER).persons[0].caller_id == she

    page = see(leader, she)

    assert "139****2817" in page
    assert "154****0002" in page
    assert "江苏省常州市" not in page
    for words in ("陈*", "路灯不亮", "已告知", "联系电话", f"/calls/{line.call().id}"):
        assert words in page
    for secret in (CALLER, OTHER, "陈小明"):
        assert secret not in page
    for address in ("/callers", f"/callers/{she}"):
        assert "陈小明" not in leader.get(address, headers=PAGE).text


WHY = {"unmask-reason_code": "call_back", "unmask-reason": "回访核实"}


@pytest.mark.postgresql
def test_whole_data_is_shown_for_a_time_with_a_reason_and_kept_in_the_audit(
    tick: Any, leader: PageClient
) -> None:
    she = person("陈小明")

    refused = send(leader, f"/callers/{she}/unmask", **{**WHY, "unmask-reason": "  "})
    no_code = send(leader, f"/callers/{she}/unmask", **{"unmask-reason": "回访核实"})
    assert (refused.status_code, no_code.status_code) == (422, 422)
    assert "陈小明" not in refused.text + no_code.text
    assert send(leader, f"/callers/{she}/unmask", **WHY).status_code == 302
    shown = leader.get(f"/callers/{she}", headers=PAGE)

    assert "陈小明" in shown.text
    assert f"+86{CALLER}" in shown.text
    assert leader.person.work_number in shown.text
    assert shown.headers["Cache-Control"].startswith("no-store")
    assert shown.headers["Refresh"] == "600"
    tick(minutes=9)
    assert "陈小明" in see(leader, she)
    tick(minutes=2)
    assert "陈小明" not in see(leader, she)
    [line] = [each for each in audit.list_lines().items if each.kind == "privacy.unmasked"]
    assert (line.actor_id, line.subject_id) == (leader.person.id, str(she))
    assert (line.data["reason"], line.data["reason_code"]) == ("回访核实", "call_back")


def test_what_one_has_uncovered_stays_covered_for_all_others_and_can_be_covered_again(
    leader: PageClient, sign_in_as: Any
) -> None:
    she = person("陈小明")
    send(leader, f"/callers/{she}/unmask", **WHY)

    assert "陈小明" not in see(sign_in_as("hotline_manager"), she)
    assert "陈小明" in see(leader, she)
    assert send(leader, f"/callers/{she}/cover").status_code == 302
    assert "陈小明" not in see(leader, she)


@pytest.mark.postgresql
def test_the_who_saw_what_page_names_callers_as_people_do_and_not_by_internal_id(
    leader: PageClient, sign_in_as: Any
) -> None:
    gone, also = person("王先生", "13700001111"), person("陈先生", OTHER)
    she = person("陈小明")
    for each in (gone, also, she):
        see(leader, each)
    send(
        leader,
        f"/callers/{she}/merge",
        **{
            "merge-version": version_on(see(leader, she), "merge"),
            "merge-other_id": str(also),
            "merge-reason": "本人说明",
        },
    )
    manager = sign_in_as("hotline_manager")
    forget = {
        "forget-version": version_on(see(manager, gone), "forget"),
        "forget-reason": "本人要求",
        "forget-is_sure": "y",
    }
    assert send(manager, f"/callers/{gone}/forget", **forget).status_code == 302

    shown = sign_in_as("auditor").get("/privacy/views", headers=PAGE).text

    named = re.findall(r"<td>来电人 ([^<]*)</td>", shown)
    assert set(named) == {"陈* 154****0002", "（个人信息已删除）"}
    assert len([each for each in named if each.startswith("陈")]) >= 2
    assert not {"陈小明", "王先生", CALLER, OTHER} & set(re.split(r"[\s<>]", shown))


def test_an_agent_neither_unmasks_nor_forgets(sign_in_as: Any) -> None:
    agent, she = sign_in_as("agent"), person("陈小明")

    assert "unmask" not in see(agent, she)
    for act in ("unmask", "forget"):
        assert send(agent, f"/callers/{she}/{act}").status_code == 403


@pytest.mark.postgresql
def test_two_are_merged_on_the_page_and_undone(leader: PageClient) -> None:
    she, also = person("陈小明"), person("陈女士", OTHER)
    page = see(leader, she)

    answer = send(
        leader,
        f"/callers/{she}/merge",
        **{
            "merge-version": version_on(page, "merge"),
            "merge-other_id": str(also),
            "merge-reason": "本人说明",
        },
    )

    assert answer.status_code == 302
    page = see(leader, she)
    assert "154****0002" in page
    assert leader.get(f"/callers/{also}", headers=PAGE).location == f"/callers/{she}"
    [change] = person_changes.changes_of(she)
    assert send(leader, f"/callers/{she}/changes/{change.id}/undo").status_code == 302
    assert "154****0002" not in see(leader, she)
    assert leader.get(f"/callers/{also}", headers=PAGE).status_code == 200


@pytest.mark.postgresql
def test_a_stale_form_gets_a_clear_word_and_loses_nothing_typed(
    leader: PageClient, sign_in_as: Any
) -> None:
    she, also = person("陈小明"), person("陈女士", OTHER)
    old = version_on(see(leader, she), "person")
    colleague = sign_in_as("shift_leader")
    with unit_of_work():
        person_changes.merge(
            she, version=int(old), other_id=also, reason="x", merged_by=colleague.person.id
        )

    answer = send(
        leader,
        f"/callers/{she}",
        **{"person-version": old, "person-name": "陈晓明", "person-language": "hakka"},
    )

    assert answer.status_code == 409
    assert "刚被其他同事更改过" in answer.text
    assert 'value="陈晓明"' in answer.text
    assert re.search(r'selected[^>]*value="hakka"', answer.text)
    again = send(
        leader,
        f"/callers/{she}",
        **{
            "person-version": version_on(answer.text, "person"),
            "person-name": "陈晓明",
            "person-language": "hakka",
        },
    )
    assert again.status_code == 302
    db.session.rollback()
    assert service.get_caller(she).name == "陈晓明"


@pytest.mark.parametrize(
    ("path", "field", "others"),
    [
        ("", "person-name", {}),
        ("/numbers", "number-number", {}),
        ("/merge", "merge-other_id", {"merge-reason": "x"}),
        ("/merge", "merge-reason", {"merge-other_id": "9"}),
        ("/split", "split-name", {"split-reason": "x"}),
        ("/split", "split-reason", {"split-name": "x"}),
        ("/unmask", "unmask-reason", {}),
        ("/forget", "forget-reason", {"forget-is_sure": "y"}),
    ],
)
def test_a_hundred_thousand_characters_are_refused_beside_their_field(
    sign_in_as: Any, path: str, field: str, others: dict[str, str]
) -> None:
    manager, she = sign_in_as("hotline_manager"), person("陈小明")
    form = field.split("-")[0]

    answer = send(
        manager, f"/callers/{she}{path}", **{f"{form}-version": "1", field: PASTED, **others}
    )

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert PASTED in answer.text  # nothing typed is lost
    assert service.recognise(CALLER).persons[0].caller_id == she


def test_a_hundred_thousand_characters_in_the_search_are_refused_beside_it(
    leader: PageClient,
) -> None:
    answer = send(leader, "/callers/search", text=PASTED)

    assert answer.status_code == 422
    assert 'id="text-error"' in answer.text


def test_a_script_in_a_name_is_text_on_every_page(leader: PageClient) -> None:
    line = take_call(leader)
    path = f"/desk/calls/{line.call().id}"
    written = ticket(caller_name=SCRIPT, title=SCRIPT, content=SCRIPT, contact_number="")
    assert leader.post(f"{path}/ticket", json=written).status_code == 201
    leader.post(f"{path}/enquiry-record", json=enquiry(note=SCRIPT, caller_name=SCRIPT))
    she = service.recognise(CALLER).persons[0].caller_id
    found = send(leader, "/callers/search", text=SCRIPT)
    send(leader, f"/callers/{she}/unmask", **{**WHY, "unmask-reason": SCRIPT})
    unmasked = see(leader, she)
    pages = [found.text, unmasked]
    pages += [
        leader.get(each, headers=PAGE).text
        for each in ("/callers", "/tickets", "/calls", f"/calls/{line.call().id}", "/tickets/1")
    ]

    assert "&lt;script&gt;" in unmasked
    assert [page for page in pages if SCRIPT in page] == []


@pytest.mark.postgresql
def test_persons_are_found_and_the_search_stands_in_no_address(leader: PageClient) -> None:
    she = person("陈小明")

    found = send(leader, "/callers/search", text="139 0000 2817")

    assert found.status_code == 200
    assert f'href="/callers/{she}"' in found.text
    assert "没有找到来电人" in send(leader, "/callers/search", text="无名氏").text
    assert 'method="post"' in leader.get("/callers", headers=PAGE).text


@pytest.mark.parametrize("page", ["abc", "-1", "0", "999999999999999999999"])
def test_a_page_that_is_none_never_breaks(leader: PageClient, page: str) -> None:
    she = person("陈小明")

    assert leader.get(f"/callers?page={page}", headers=PAGE).status_code == 200
    assert leader.get(f"/callers/{she}?page={page}", headers=PAGE).status_code == 200
    assert leader.get("/callers/4711", headers=PAGE).status_code == 404


def test_a_confidential_ticket_is_hidden_from_who_may_not_read_it(sign_in_as: Any) -> None:
    agent = sign_in_as("agent")
    line = take_call(agent)
    secret = ticket(title="举报某单位", is_confidential=True, caller_name="陈女士")
    agent.post(f"/desk/calls/{line.call().id}/ticket", json=secret)
    she = service.recognise(CALLER).persons[0].caller_id
    other, leader = sign_in_as("agent"), sign_in_as("shift_leader")

    assert "举报某单位" in see(agent, she)  # his own
    assert "举报某单位" not in see(other, she)
    assert "保密工单，内容不显示" in see(other, she)
    assert "举报某单位" in see(leader, she)


@pytest.mark.postgresql
def test_a_split_asks_which_numbers_go(leader: PageClient) -> None:
    she = person("陈小明")
    with unit_of_work():
        person_changes.add_number(she, version=1, number=OTHER, added_by=leader.person.id)
        link_id = person_changes.links_of(she)[1].id
    fields = {"split-version": "2", "split-name": "王先生", "split-reason": "夫妻"}

    nothing = send(leader, f"/callers/{she}/split", **fields)
    assert (nothing.status_code, "请选择要分出去的号码" in nothing.text) == (422, True)
    assert 'value="王先生"' in nothing.text
    done = send(leader, f"/callers/{she}/split", **{**fields, "split-link_ids": str(link_id)})

    assert done.status_code == 302
    assert [each.name_shown for each in service.recognise(OTHER).persons] == ["王先生"]
