"""What browsers are told about our pages."""

import re

import pytest
from flask.testing import FlaskClient

from app.core.security_headers import content_policy

pytestmark = pytest.mark.one_database


def test_scripts_run_only_with_the_nonce_of_this_very_answer(client: FlaskClient) -> None:
    first, second = client.get("/sign-in"), client.get("/sign-in")

    nonces = [
        re.search(r"script-src 'nonce-([^']+)' 'strict-dynamic'", each.headers[
            "Content-Security-Policy"
        ])
        for each in (first, second)
    ]  # fmt: skip
    assert nonces[0]
    assert nonces[1]
    assert nonces[0][1] != nonces[1][1]
    scripts = re.findall(r"<script[^>]*>", first.text)
    assert scripts
    assert all(f'nonce="{nonces[0][1]}"' in script for script in scripts)


def test_pages_carry_nothing_inline(client: FlaskClient) -> None:
    page = client.get("/sign-in").text

    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:", page) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)", page) == []


def test_browser_phones_may_connect_where_the_settings_say_and_nowhere_else() -> None:
    policy = content_policy(
        nonce="n", host="desk.example:5000", phone_sockets=["wss://pbx.example:8089/ws"]
    )

    [connect] = [rule for rule in policy.split("; ") if rule.startswith("connect-src")]
    assert connect.split()[1:] == [
        "'self'", "ws://desk.example:5000", "wss://desk.example:5000", "wss://pbx.example:8089",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("host", "socket"),
    [
        ("10.0.0.5:5000", "wss://10.0.0.5:8089"),
        ("desk.example", "wss://desk.example:8089"),
        ("[::1]:5000", "wss://[::1]:8089"),
    ],
)
def test_a_phone_socket_may_stand_on_the_host_the_page_came_from(host: str, socket: str) -> None:
    policy = content_policy(nonce="n", host=host, phone_sockets=["wss://{host}:8089/ws"])

    assert f" {socket};" in policy


def test_the_rest_of_the_headers_stands_on_every_answer(client: FlaskClient) -> None:
    for path in ("/sign-in", "/nowhere", "/healthz"):
        headers = client.get(path).headers
        assert "microphone=(self)" in headers["Permissions-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "Strict-Transport-Security" not in headers


def test_the_cookie_of_a_session_is_out_of_reach_of_scripts_and_other_sites(
    client: FlaskClient,
) -> None:
    cookie = client.get("/sign-in").headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


class TestByHttps:
    """The same site, reached by https."""

    @pytest.fixture
    def environment(self, environment: dict[str, str]) -> dict[str, str]:
        """Say that people come by https."""
        return {**environment, "PUBLIC_URL": "https://desk.example"}

    def test_browsers_are_told_to_stay_with_https_and_cookies_insist_on_it(
        self, client: FlaskClient
    ) -> None:
        answer = client.get("/sign-in", base_url="https://desk.example")

        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert "Secure" in answer.headers["Set-Cookie"]
