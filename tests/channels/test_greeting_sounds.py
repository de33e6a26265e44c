"""A greeting as a sound: checked at the field, kept whole, named by what it sounds like."""

import hashlib
import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.channels import greeting_sounds, service
from app.channels.greeting_sounds import NoGreetingSound, name_for
from app.channels.sound_checks import LARGEST, SoundFault, SoundUnfit, check_sound
from app.core.database import unit_of_work
from tests.bed.sounds import tone_wav
from tests.conftest import PageClient

pytestmark = pytest.mark.usefixtures("register")

JSON = {"Accept": "application/json"}
HTML = {"Accept": "text/html"}


@pytest.fixture
def register(numbers: None, app: Flask) -> None:
    """Have the register."""


def number_id() -> int:
    return next(line.id for line in service.list_numbers() if line.number == "12315")


@pytest.mark.parametrize(("rate", "seconds"), [(8000, 1), (16000, 1), (16000, 60)])
def test_a_sound_that_a_telephone_can_play_is_taken(rate: int, seconds: int) -> None:
    assert check_sound(tone_wav(rate=rate, seconds=seconds)) == seconds


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"RIFFnonsense", SoundFault.NOT_WAV),
        (b"", SoundFault.NOT_WAV),
        (b"\0" * (LARGEST + 1), SoundFault.TOO_LARGE),
        (tone_wav(channels=2), SoundFault.NOT_MONO),
        (tone_wav(width=1), SoundFault.NOT_16_BIT),
        (tone_wav(rate=44100), SoundFault.WRONG_RATE),
        (tone_wav(seconds=0.05), SoundFault.TOO_SHORT),
        (tone_wav(seconds=61), SoundFault.TOO_LONG),
        (tone_wav(hertz=0), SoundFault.SILENT),
    ],
)
def test_any_other_sound_is_refused_by_what_is_wrong_with_it(
    content: bytes, fault: SoundFault
) -> None:
    with pytest.raises(SoundUnfit) as refused:
        check_sound(content)

    assert refused.value.fault is fault


@pytest.mark.postgresql
def test_a_greeting_is_kept_whole_and_named_by_its_sound() -> None:
    first, second = tone_wav(), tone_wav(hertz=880)
    with unit_of_work():
        name = greeting_sounds.set_greeting_sound(number_id(), first)
    with unit_of_work():
        assert greeting_sounds.set_greeting_sound(number_id(), first) == name  # again: the same
        other = greeting_sounds.set_greeting_sound(number_id(), second)

    assert name == name_for("12315", hashlib.sha256(first).hexdigest())
    assert greeting_sounds.content_of(name) == first  # a call of a moment ago may still play it
    assert service.get_number(number_id()).greeting_sound == other
    [in_use] = greeting_sounds.sounds_in_use()
    assert (in_use.name, in_use.sha256, in_use.bytes) == (
        other,
        hashlib.sha256(second).hexdigest(),
        len(second),
    )


def test_a_number_without_an_uploaded_greeting_has_none_to_fetch() -> None:
    assert greeting_sounds.sounds_in_use() == []
    for name in ("", "a-sound-of-the-node"):
        with pytest.raises(NoGreetingSound):
            greeting_sounds.content_of(name)


@pytest.fixture
def manager(register: None, sign_in_as: Callable[..., PageClient]) -> PageClient:  # noqa: ARG001
    return sign_in_as("hotline_manager")


def upload(client: PageClient, content: bytes, *, headers: dict[str, str] = JSON) -> Any:
    return client.post(
        f"/numbers/{number_id()}/greeting-sound",
        data={"sound": (io.BytesIO(content), "欢迎语.wav")},
        headers=headers,
    )


def test_an_uploaded_greeting_can_be_heard_on_the_numbers_page(
    manager: PageClient,
) -> None:
    path = f"/numbers/{number_id()}/greeting-sound"
    assert manager.get(path, headers=JSON).status_code == 404

    assert upload(manager, tone_wav(), headers=HTML).status_code == 302

    assert manager.get(path).data == tone_wav()
    page = manager.get(f"/numbers/{number_id()}", headers=HTML).text
    assert f'src="{path}"' in page
    assert service.get_number(number_id()).greeting_sound in page


@pytest.mark.parametrize(
    ("content", "told"),
    [(tone_wav(rate=44100), "44100 Hz"), (tone_wav(channels=2), "2 个声道"), (b"RIFF", "WAV")],
)
def test_what_is_wrong_with_a_file_is_said_at_its_field(
    manager: PageClient, content: bytes, told: str
) -> None:
    answer = upload(manager, content, headers=HTML)

    assert answer.status_code == 422
    _before, _mark, at_field = answer.text.partition('id="sound-error"')
    assert told in at_field.partition("</div>")[0]
    as_json = upload(manager, content).get_json()["refusal"]
    assert told in as_json["fields"]["sound"][0]
    assert service.get_number(number_id()).greeting_sound == ""


def test_nothing_chosen_is_said_at_the_field_too(manager: PageClient) -> None:
    answer = manager.post(f"/numbers/{number_id()}/greeting-sound", data={}, headers=HTML)

    assert answer.status_code == 422
    assert 'id="sound-error"' in answer.text


def test_who_only_reads_uploads_nothing(sign_in_as: Callable[..., PageClient]) -> None:
    assert upload(sign_in_as("shift_leader"), tone_wav()).status_code == 403
