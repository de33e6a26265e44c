"""One hotline, two web processes and Redis: every board shows the same, with Redis or without."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from app.accounts.service import DEMO_PASSWORD
from tests.services.demo_city import fill_with_demo
from tests.services.desk_client import DeskClient
from tests.services.processes import wait_until
from tests.services.redis import RedisServer, start_redis, stop_redis
from tests.services.serving import serving

pytestmark = [pytest.mark.slow, pytest.mark.setup]

LEADER = "1002"
OpenBoards = Callable[[RedisServer], "list[BoardClient]"]


class BoardClient(DeskClient):
    """A shift leader in front of the board, without a browser."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.board: dict[str, Any] = {}
        self.vouched = 0
        self._socket.on("shift_board", self._on_board)
        self._socket.on("shift_board_holds", self._on_holds)

    def look(self) -> None:
        """Sign in and open the board."""
        self.sign_in(LEADER, password=DEMO_PASSWORD)
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._cookies)
        self._socket.connect(
            self.address,
            headers={"Cookie": cookies},
            auth={"screen": "board"},
            transports=["websocket"],
            wait_timeout=int(self.timeout),
        )

    @property
    def shown(self) -> dict[str, Any]:
        """Everything on the board but what names the process and the moment."""
        private = {"stream", "version", "as_of"}
        return {name: part for name, part in self.board.items() if name not in private}

    def _on_board(self, board: dict[str, Any]) -> None:
        self.board = board
        self.vouched += 1

    def _on_holds(self, _held: dict[str, Any]) -> None:
        self.vouched += 1


@pytest.fixture
def open_boards(tmp_path: Path) -> Iterator[OpenBoards]:
    """Run the process on duty and one beside it; give a board at each."""
    boards: list[BoardClient] = []
    with ExitStack() as running:

        def begin(redis: RedisServer) -> list[BoardClient]:
            environment = {
                **os.environ,
                "SITE_MODE": "demo",
                "SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests",
                "INSTANCE_DIR": str(tmp_path),
                "DATABASE_URL": f"sqlite:///{tmp_path}/hotline.db",
                "REDIS_URL": redis.url,
                "EXCHANGES": "sim=simulator://quiet",
                "HOST": "127.0.0.1",
            }
            fill_with_demo(environment)
            for is_on_duty in ("true", "false"):
                process = serving(
                    {**environment, "RUN_SWITCHBOARD": is_on_duty}, tmp_path, name=is_on_duty
                )
                boards.append(BoardClient(running.enter_context(process).address))
                boards[-1].look()
            return boards

        yield begin
        for board in boards:
            board.close()


def call_in(at: DeskClient, number: str) -> None:
    """Let somebody call 12315, by the simulator's page."""
    form = {"exchange_id": "sim", "dialled": "12315", "from_number": number}
    form |= {"patience": "90", "talk_seconds": "60", "count": "1"}
    at.post_form("/simulator/calls", form)


def agree(boards: list[BoardClient], *, waiting: int) -> bool:
    """Say whether all boards show so many waiting, and the very same besides."""
    shown = [json.dumps(board.shown, sort_keys=True) for board in boards]
    return all(board.board and board.board["line"]["waiting"] == waiting for board in boards) and (
        len(set(shown)) == 1
    )


def test_a_call_that_one_process_handles_stands_on_the_boards_of_both(
    open_boards: OpenBoards, redis_server: RedisServer
) -> None:
    boards = open_boards(redis_server)
    agent = DeskClient(boards[1].address)
    agent.sign_in("1006", password=DEMO_PASSWORD)
    wait_until(lambda: agree(boards, waiting=0), seconds=15, what="both boards are there")

    call_in(boards[0], "15400000031")
    wait_until(lambda: agree(boards, waiting=1), seconds=15, what="both show who waits")

    streams = {board.board["stream"] for board in boards}
    assert len(streams) == 2
    [row] = boards[1].board["line"]["rows"]
    assert row["number_shown"] == "154****0031"
    agent.close()


@pytest.mark.usefixtures("redis_server")
def test_a_redis_that_dies_takes_no_board_with_it(open_boards: OpenBoards) -> None:
    redis = start_redis()
    try:
        boards = open_boards(redis)
        wait_until(lambda: agree(boards, waiting=0), seconds=15, what="both boards are there")
        redis.process.kill()
        redis.process.wait(timeout=5)
        vouched = [board.vouched for board in boards]

        call_in(boards[0], "15400000032")

        wait_until(lambda: agree(boards, waiting=1), seconds=20, what="both show who waits")
        assert all(board.vouched > before for board, before in zip(boards, vouched, strict=True))
    finally:
        stop_redis(redis)
