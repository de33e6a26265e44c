"""Where recordings are kept: a folder and a bucket make the same promises."""

import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.core import clock
from app.recordings.audio_bucket import AudioBucket, open_store, read_address
from app.recordings.audio_store import (
    AudioFolder,
    AudioMissing,
    AudioStore,
    AudioStoreDown,
    AudioStoreFull,
    path_for,
    put_aside,
)
from app.recordings.bucket_signature import BucketKey, BucketRequest, signed_headers
from tests.services.fake_bucket import FakeBucket, running_bucket

PATH = "2026/11/23/hy1_1795417117.0_1.ab12.wav"


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AudioStore]:
    if request.param == "folder":
        yield AudioFolder(tmp_path)
        return
    with running_bucket() as (address, bucket):
        yield open_store(address)
        assert bucket.refusals == []


def test_what_is_put_can_be_had_again(store: AudioStore) -> None:
    store.put(PATH, b"sound")
    store.put(PATH, b"sound")

    assert store.get(PATH) == b"sound"
    assert store.has(PATH)


def test_what_is_not_there_is_missing(store: AudioStore) -> None:
    assert not store.has(PATH)
    with pytest.raises(AudioMissing):
        store.get(PATH)


def test_a_deleted_file_is_gone_and_deleting_it_again_is_harmless(store: AudioStore) -> None:
    store.put(PATH, b"sound")

    store.delete(PATH)
    store.delete(PATH)

    assert not store.has(PATH)


def test_all_files_of_a_day_are_listed_and_no_others(store: AudioStore) -> None:
    names = [f"2026/11/23/hy1_{number}.0_1.{number:04}.wav" for number in range(7)]
    for name in [*names, "2026/11/24/hy1_9.0_1.aa.wav", "2026/11/233/x.wav"]:
        store.put(name, b"12345")

    found = list(store.files("2026/11/23"))

    assert [file.path for file in found] == names
    assert {file.size_bytes for file in found} == {5}
    assert abs((clock.now() - found[0].changed_at).total_seconds()) < 60


def test_names_with_signs_that_addresses_quote_are_kept(store: AudioStore) -> None:
    odd = "2026/11/23/hy1_node a+b:7@x=1&2_1.ab.wav"
    store.put(odd, b"sound")

    assert store.get(odd) == b"sound"
    assert [file.path for file in store.files("2026/11/23")] == [odd]


def test_a_file_put_aside_is_kept_under_another_name(store: AudioStore) -> None:
    store.put(PATH, b"other sound")

    aside = put_aside(PATH, store=store)

    assert aside.startswith("differing/")
    assert store.get(aside) == b"other sound"
    assert not store.has(PATH)


def test_two_contents_of_one_name_have_two_paths() -> None:
    at = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)

    first, second = (path_for(c, name="hy1_1.0_1.wav", at=at) for c in (b"one", b"two"))

    assert first != second
    assert first.startswith("2026/11/22/hy1_1.0_1.")


# --- the folder ------------------------------------------------------------------------------


@contextmanager
def no_more_room_than(size: int) -> Iterator[None]:
    """Let the system refuse larger files of this process, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_told_and_leaves_no_half_file(tmp_path: Path) -> None:
    folder = AudioFolder(tmp_path)

    with no_more_room_than(1000), pytest.raises(AudioStoreFull):
        folder.put(PATH, bytes(5000))

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_file_that_is_still_being_written_is_no_file_yet(tmp_path: Path) -> None:
    (tmp_path / "2026").mkdir()
    (tmp_path / "2026" / ".half.part").write_bytes(b"half")

    assert list(AudioFolder(tmp_path).files("2026")) == []


def test_no_path_leads_out_of_the_folder(tmp_path: Path) -> None:
    for path in ("../secret.wav", "/etc/passwd", "a/../../b.wav"):
        with pytest.raises(AudioMissing):
            AudioFolder(tmp_path).get(path)


# --- the bucket ------------------------------------------------------------------------------


def test_the_signature_is_that_of_the_published_example() -> None:
    """The vendor's own example: GET a list of `examplebucket` on 24 May 2013."""
    key = BucketKey(
        key_id="AKIAIOSFODNN7EXAMPLE", secret="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    )
    asked = BucketRequest(
        method="GET",
        host="examplebucket.s3.amazonaws.com",
        path="/",
        query={"max-keys": "2", "prefix": "J"},
    )

    headers = signed_headers(asked, key=key, now=datetime(2013, 5, 24, tzinfo=UTC))

    assert headers["authorization"].endswith(
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
    )


def test_a_wrong_secret_is_refused_and_told_as_trouble_of_the_store() -> None:
    with running_bucket() as (address, bucket):
        wrong = open_store(address.replace("a%2Fsecret", "another"))

        with pytest.raises(AudioStoreDown):
            wrong.put(PATH, b"sound")

        assert bucket.refusals == ["SignatureDoesNotMatch"]
        assert bucket.kept == {}


def test_a_full_bucket_is_told() -> None:
    with running_bucket() as (address, bucket):
        bucket.is_full = True

        with pytest.raises(AudioStoreFull):
            open_store(address).put(PATH, b"sound")


def test_a_bucket_that_does_not_answer_is_down() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    with pytest.raises(AudioStoreDown):
        open_store(f"s3+http://key:secret@127.0.0.1:{port}/audio").get(PATH)


def test_an_answer_with_entities_is_not_read() -> None:
    class Bomb(FakeBucket):
        def _list(self, _query: dict[str, str]) -> None:
            self._answer(200, b'<!DOCTYPE x [<!ENTITY a "aaaa">]><ListBucketResult/>')

    with running_bucket() as (address, bucket):
        bucket._list = Bomb._list  # type: ignore[method-assign]
        with pytest.raises(AudioStoreDown):
            list(open_store(address).files("2026"))


def test_an_address_says_host_bucket_prefix_and_region_and_shows_no_secret() -> None:
    read = read_address("s3+https://id:s%2Fecret@store.example:9000/audio/hot/line?region=r1")

    assert (read.scheme, read.host, read.bucket, read.prefix) == (
        "https", "store.example:9000", "audio", "hot/line/",
    )  # fmt: skip
    assert (read.key.secret, read.key.region) == ("s/ecret", "r1")
    assert "ecret" not in repr(read)
    assert isinstance(open_store("s3+https://id:secret@host/audio"), AudioBucket)


@pytest.mark.parametrize(
    "address", ["https://id:s@host/audio", "s3+https://host/audio", "s3+https://id:s@host/"]
)
def test_an_address_that_says_too_little_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"needed|bucket"):
        read_address(address)
