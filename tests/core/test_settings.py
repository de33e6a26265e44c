"""Settings: read strictly, all faults told at once, secrets never told."""

from pathlib import Path

import pytest

from config import ROOT, BadSettings, SiteMode, read_settings, settled_secret

LIVE = {"SITE_MODE": "live", "SECRET_KEY": "k" * 32}


def faults_of(environ: dict[str, str]) -> dict[str, str]:
    with pytest.raises(BadSettings) as raised:
        read_settings(environ)
    return {fault.name: str(fault) for fault in raised.value.faults}


def test_a_demonstration_needs_no_settings_at_all() -> None:
    settings = read_settings({"SITE_MODE": "demo"})

    assert settings.is_demo
    assert [each.exchange_id for each in settings.exchanges] == ["sim"]
    assert settings.database_url == f"sqlite:///{ROOT / 'instance' / 'hotline.db'}"
    assert settings.ready_at_sign_in


def test_without_a_site_mode_the_site_is_live_and_refuses_to_start_without_a_secret() -> None:
    assert set(faults_of({})) == {"SECRET_KEY"}


def test_a_live_site_has_no_simulator_and_nobody_is_ready_by_himself() -> None:
    settings = read_settings(LIVE)

    assert settings.site_mode is SiteMode.LIVE
    assert settings.exchanges == ()
    assert not settings.ready_at_sign_in
    assert "EXCHANGES" in faults_of({**LIVE, "EXCHANGES": "sim=simulator://demo"})


def test_all_faults_are_told_at_once() -> None:
    environ = {
        "SITE_MODE": "live",
        "SECRET_KEY": "too-short",
        "PORT": "0",
        "RING_SECONDS": "soon",
        "RUN_SWITCHBOARD": "perhaps",
        "LOG_LEVEL": "loud",
        "PUBLIC_URL": "https://hotline.example/desk",
        "TLS_CERT": "cert.pem",
    }

    assert set(faults_of(environ)) == {
        "SECRET_KEY", "PORT", "RING_SECONDS", "RUN_SWITCHBOARD", "LOG_LEVEL", "PUBLIC_URL",
        "TLS_CERT, TLS_KEY",
    }  # fmt: skip


def test_a_fault_names_what_was_given_and_what_is_allowed() -> None:
    told = faults_of({**LIVE, "PORT": "70000"})["PORT"]

    assert "'70000'" in told
    assert "1 to 65535" in told


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "hush-hush"),
        ("DATABASE_URL", "mysql://someone:hush-hush@db/hotline"),
        ("REDIS_URL", "memcached://:hush-hush@cache"),
        ("EXCHANGES", "hy1=telnet://app:hush-hush@pbx:5038"),
    ],
)
def test_a_secret_is_never_told_even_when_it_is_wrong(name: str, value: str) -> None:
    with pytest.raises(BadSettings) as raised:
        read_settings({**LIVE, name: value})

    assert name in str(raised.value)
    assert "hush-hush" not in str(raised.value)


def test_settings_do_not_show_secrets_when_they_are_printed() -> None:
    environ = {**LIVE, "EXCHANGES": "hy1=asterisk://app:hush-hush@pbx:5038"}

    assert "hush-hush" not in repr(read_settings(environ))
    assert "kkkk" not in repr(read_settings(environ))


def test_several_exchanges_stand_side_by_side_each_with_its_phone_socket() -> None:
    settings = read_settings(
        {
            **LIVE,
            "EXCHANGES": "hy1=asterisk://a:b@pbx1:5038?phone_socket=wss://pbx1:8089/ws,"
            " hy2=asterisk://a:b@pbx2:5038",
        }
    )

    assert [each.exchange_id for each in settings.exchanges] == ["hy1", "hy2"]
    assert [each.phone_socket for each in settings.exchanges] == ["wss://pbx1:8089/ws", ""]


def test_an_exchange_named_twice_is_refused() -> None:
    two = "hy=asterisk://a:b@pbx1,hy=asterisk://a:b@pbx2"

    assert "once" in faults_of({**LIVE, "EXCHANGES": two})["EXCHANGES"]


def test_a_relative_database_file_counts_from_the_project_folder() -> None:
    settings = read_settings({**LIVE, "DATABASE_URL": "sqlite:///instance/other.db"})

    assert settings.database_url == f"sqlite:///{ROOT}/instance/other.db"


def test_cookies_insist_on_https_when_people_come_by_https() -> None:
    assert read_settings({**LIVE, "PUBLIC_URL": "https://hotline.example"}).is_https
    assert read_settings({**LIVE, "TLS_CERT": "c.pem", "TLS_KEY": "k.pem"}).is_https
    assert not read_settings({**LIVE, "PUBLIC_URL": "http://hotline.example"}).is_https


def test_citizens_get_links_to_where_they_reach_us_or_none_at_all() -> None:
    here = {**LIVE, "CITIZEN_URL": "https://12345.example/"}

    assert read_settings(here).link_base == "https://12345.example"
    assert read_settings(LIVE).link_base == ""
    assert read_settings({**LIVE, "PUBLIC_URL": "https://desk.example"}).link_base == ""
    assert read_settings({"SITE_MODE": "demo", "PORT": "5001"}).link_base == "http://127.0.0.1:5001"


@pytest.mark.parametrize(
    "given",
    [
        "12345.example", "ftp://12345.example", "https://12345.example/hotline", "https://",
        "https://12345.example?from=sms", "https://me:hush-hush@12345.example", "https://a b",
        "http://12345.example",
    ],
)  # fmt: skip
def test_an_address_that_makes_no_link_a_citizen_can_use_is_refused(given: str) -> None:
    told = faults_of({**LIVE, "PUBLIC_URL": "https://desk.example", "CITIZEN_URL": given})

    assert set(told) == {"CITIZEN_URL"}
    assert "hush-hush" not in told["CITIZEN_URL"]


def test_a_demonstration_keeps_the_secret_it_made(tmp_path: Path) -> None:
    settings = read_settings({"SITE_MODE": "demo", "INSTANCE_DIR": str(tmp_path / "new")})

    first = settled_secret(settings)

    assert len(first) == 64
    assert settled_secret(settings) == first
    assert (tmp_path / "new" / "secret_key").stat().st_mode & 0o077 == 0
