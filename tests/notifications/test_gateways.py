"""Providers on real sockets: taken, refused, slow, cut off, half answered."""

import time
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default

import pytest

from app.notifications.carriers import build_providers
from app.notifications.http_provider import HttpProvider
from app.notifications.occasions import Way
from app.notifications.provider import NotTaken, Outgoing
from app.notifications.smtp_provider import MailServer, SmtpProvider
from config import BadSettings, read_settings
from tests.notifications.gateways import Gateway, MailHost, http_gateway, mail_host

TEMPLATE = {"mobile": "{to}", "content": ["{text}"], "id": "{key}", "sign": 12345}


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with http_gateway() as made:
        yield made


@pytest.fixture
def mail() -> Iterator[MailHost]:
    with mail_host() as made:
        yield made


def text_message(**changes: str) -> Outgoing:
    given = {
        "key": "key-1",
        "address": "+8613900002817",
        "subject": "受理",
        "body": '您反映的“路灯”已受理，\n"引号"',
        "language": "zh-CN",
        **changes,
    }
    return Outgoing(way=Way.SMS, **given)


def provider(gateway: Gateway, *, timeout: float = 5.0) -> HttpProvider:
    return HttpProvider(
        "sms-http",
        address=gateway.address,
        token="a-token",
        body_template=TEMPLATE,
        timeout=timeout,
    )


def refusal(sender: HttpProvider | SmtpProvider, message: Outgoing | None = None) -> NotTaken:
    with pytest.raises(NotTaken) as refused:
        sender.send(message or text_message())
    return refused.value


# --- HTTP ------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["200", "201", "202", "204"])
def test_a_gateway_gets_its_own_shape_of_body_with_token_and_key(
    gateway: Gateway, status: str
) -> None:
    gateway.behaviour = status

    provider(gateway).send(text_message())

    assert gateway.bodies == [
        {
            "mobile": "+8613900002817",
            "content": ['您反映的“路灯”已受理，\n"引号"'],
            "id": "key-1",
            "sign": 12345,
        }
    ]
    [headers] = gateway.headers
    assert headers["Authorization"] == "Bearer a-token"
    assert headers["Idempotency-Key"] == "key-1"


@pytest.mark.parametrize(
    ("status", "code", "is_final"),
    [
        ("400", "refused", True),
        ("401", "refused", True),
        ("404", "refused", True),
        ("422", "refused", True),
        ("302", "refused", True),
        ("408", "not-now", False),
        ("429", "not-now", False),
        ("500", "not-now", False),
        ("503", "not-now", False),
    ],
)
def test_its_status_says_whether_asking_again_makes_sense(
    gateway: Gateway, status: str, code: str, is_final: bool
) -> None:
    gateway.behaviour = status

    why = refusal(provider(gateway))

    assert (why.code, why.is_final, why.detail) == (code, is_final, status)


def test_a_redirect_is_not_followed_with_our_token(gateway: Gateway) -> None:
    gateway.behaviour = "307"

    refusal(provider(gateway))

    assert len(gateway.bodies) == 1


@pytest.mark.parametrize("behaviour", ["cut", "half_head"])
def test_an_answer_that_breaks_off_before_its_status_is_none(
    gateway: Gateway, behaviour: str
) -> None:
    gateway.behaviour = behaviour

    why = refusal(provider(gateway))

    assert (why.code, why.is_final) == ("no-answer", False)


def test_an_answer_that_breaks_off_after_its_status_was_given(gateway: Gateway) -> None:
    gateway.behaviour = "half"

    provider(gateway).send(text_message())


@pytest.mark.parametrize("behaviour", ["silent", "drips"])
def test_a_slow_gateway_is_left_after_its_time_even_if_it_drips(
    gateway: Gateway, behaviour: str
) -> None:
    gateway.behaviour = behaviour
    began = time.monotonic()

    why = refusal(provider(gateway, timeout=0.4))

    assert (why.code, why.is_final) == ("no-answer", False)
    assert time.monotonic() - began < 3


def test_nobody_there_is_no_answer() -> None:
    with http_gateway() as gone:
        address = gone.address
    nobody = HttpProvider("sms", address=address, token="", body_template=TEMPLATE, timeout=2)

    why = refusal(nobody)

    assert (why.code, why.detail) == ("no-answer", "ConnectionRefuse")


# --- mail ------------------------------------------------------------------------------------


def mailer(mail: MailHost, **changes: object) -> SmtpProvider:
    server = {
        "host": "127.0.0.1",
        "port": mail.port,
        "sender": "hotline@example.cn",
        "starts_tls": False,
        **changes,
    }
    return SmtpProvider("smtp", server=MailServer(**server), timeout=3)  # type: ignore[arg-type]


def letter(**changes: str) -> Outgoing:
    return text_message(address="duty@example.cn", **changes)


def test_mail_arrives_with_its_key_as_its_name(mail: MailHost) -> None:
    mailer(mail, user="hotline", password="secret").send(letter())

    [arrived] = mail.mails
    read = message_from_bytes(arrived, policy=default)
    assert read["Subject"] == "受理"
    assert read["To"] == "duty@example.cn"
    assert read["Message-ID"] == "<key-1@example.cn>"
    assert read.get_content().splitlines() == ["您反映的“路灯”已受理，", '"引号"']
    assert any(command.startswith("AUTH") for command in mail.commands)


def test_a_subject_cannot_add_headers(mail: MailHost) -> None:
    mailer(mail).send(letter(subject="受理\r\nBcc: other@example.cn"))

    assert message_from_bytes(mail.mails[0])["Bcc"] is None


@pytest.mark.parametrize(
    ("answers", "code", "is_final"),
    [
        ({"RCPT": "550 nobody here"}, "refused", True),
        ({"RCPT": "450 later"}, "not-now", False),
        ({"MAIL": "421 too busy"}, "not-now", False),
        ({"DATA": "554 no"}, "refused", True),
        ({".": "552 too large"}, "refused", True),
        ({".": "451 try later"}, "not-now", False),
        ({"AUTH": "535 wrong"}, "not-let-in", False),
        ({"RCPT": ""}, "no-answer", False),
        ({"EHLO": "", "HELO": ""}, "no-answer", False),
    ],
)
def test_a_mail_servers_refusals_are_understood(
    mail: MailHost, answers: dict[str, str], code: str, is_final: bool
) -> None:
    mail.answers = answers

    why = refusal(mailer(mail, user="hotline", password="secret"), letter())

    assert (why.code, why.is_final) == (code, is_final)


def test_a_server_without_encryption_gets_nothing_unless_we_said_so(mail: MailHost) -> None:
    why = refusal(mailer(mail, starts_tls=True), letter())

    assert why.code == "no-answer"
    assert mail.mails == []


def test_an_address_that_is_none_is_not_mailed(mail: MailHost) -> None:
    why = refusal(mailer(mail), text_message(address="a@b.cn\r\nBcc: c@d.cn"))

    assert (why.code, why.is_final) == ("address-unfit", True)


# --- settings --------------------------------------------------------------------------------


def settings(mode: str, **given: str) -> dict[str, str]:
    return {"SITE_MODE": mode, "SECRET_KEY": "s" * 40, **given}


def test_a_demonstration_simulates_and_a_live_site_has_nobody_until_somebody_is_named() -> None:
    demo = build_providers(read_settings(settings("demo")).message_carriers)
    live = build_providers(read_settings(settings("live")).message_carriers)

    assert {way: each.name for way, each in demo.by_way.items()} == dict.fromkeys(Way, "simulator")
    assert live.by_way == {}
    fewer = settings("demo", SMS_PROVIDER="none", EMAIL_PROVIDER="none")
    assert set(build_providers(read_settings(fewer).message_carriers).by_way) == {
        Way.IM,
        Way.VOICE,
        Way.SITE,
    }


def test_each_way_has_its_own_provider(gateway: Gateway) -> None:
    read = read_settings(
        settings(
            "live",
            SMS_PROVIDER=gateway.address,
            SMS_TOKEN="t",
            SMS_BODY='{"a": {"b": "{to}"}, "c": "{text}"}',
            EMAIL_PROVIDER="smtps://user:p%40ss@mail.example:465?from=hotline@example.cn",
            VOICE_PROVIDER="simulator",
        )
    )
    built = build_providers(read.message_carriers).by_way

    assert {str(way): each.name for way, each in built.items()} == {
        "sms": "sms-http",
        "voice": "simulator",
        "email": "smtp",
    }
    built[Way.SMS].send(text_message(body="x"))
    assert gateway.bodies == [{"a": {"b": "+8613900002817"}, "c": "x"}]
    assert "p@ss" not in repr(read)


@pytest.mark.parametrize(
    "given",
    [
        {"SMS_PROVIDER": "ftp://gateway.example"},
        {"SMS_PROVIDER": "https://"},
        {"SMS_PROVIDER": "https://user:pw@gateway.example"},
        {"IM_PROVIDER": "https://gateway.example/a b"},
        {"SMS_BODY": "not json"},
        {"SMS_BODY": '{"to": "{to}"}'},
        {"SMS_BODY": '{"to": "{to}", "text": "{text}", "x": "{secret}"}'},
        {"VOICE_BODY": "[]"},
        {"EMAIL_PROVIDER": "https://mail.example"},
        {"EMAIL_PROVIDER": "smtp://mail.example"},
        {"EMAIL_PROVIDER": "smtp://mail.example?from=hotline"},
        {"EMAIL_PROVIDER": "smtp://mail.example?from=a@b.cn&starttls=perhaps"},
        {"MESSAGE_TIMEOUT_SECONDS": "0"},
    ],
)
def test_bad_settings_stop_the_start_and_are_not_shown(given: dict[str, str]) -> None:
    with pytest.raises(BadSettings) as refused:
        read_settings(settings("live", **given))

    [fault] = refused.value.faults
    assert fault.name in given
    assert "example" not in fault.given
