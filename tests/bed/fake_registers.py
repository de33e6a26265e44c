"""What a pretended node keeps beside its calls: its own database, registrations, fallback seats."""

import itertools
from collections.abc import Callable

from tests.bed.fake_ami import Action, FakeAmi, Reply


class NodeRegisters:
    """Answers the actions about phones and about members of the fallback queue."""

    def __init__(self, ami: FakeAmi) -> None:
        self._ami = ami
        self._numbers = itertools.count(1)
        self.database: dict[tuple[str, str], str] = {}
        self.members: dict[str, bool] = {}  # interface → is paused
        self.reloads = 0

    def replies(self) -> dict[str, Reply]:
        """Return the answer to each action of these registers."""
        mine: dict[str, Callable[[Action], None]] = {
            "DBPut": self._put,
            "DBGet": self._get,
            "DBGetTree": self._get_tree,
            "DBDel": self._delete,
            "Reload": self._reload,
            "PJSIPShowAors": self._show_aors,
            "QueueStatus": self._queue_status,
            "QueueAdd": self._queue_add,
            "QueueRemove": self._queue_remove,
            "QueuePause": self._queue_pause,
        }
        return {name: _without_ami(reply) for name, reply in mine.items()}

    # ------------------------------------------------------------------ phones

    def register(self, phone: str) -> str:
        """Let a page register; one page at a time. Returns its address."""
        assert ("ps_auths/auth", phone) in self.database, f"{phone} was not admitted"
        self.unregister(phone)
        number = next(self._numbers)
        contact = f"sip:page{number}@127.0.0.1:{40000 + number};transport=ws"
        self.database["registrar/contact", f"{phone};@{number}"] = contact
        return contact

    def unregister(self, phone: str) -> None:
        """Forget the registrations of a phone."""
        for family, key in list(self.database):
            if family == "registrar/contact" and key.startswith(f"{phone};@"):
                del self.database[family, key]

    def contacts_of(self, phone: str) -> list[str]:
        """Return where a phone can be rung."""
        return [
            contact
            for (family, key), contact in self.database.items()
            if family == "registrar/contact" and key.startswith(f"{phone};@")
        ]

    def _show_aors(self, action: Action) -> None:
        phones = [key for family, key in self.database if family == "ps_aors/aor"]
        if not phones:
            self._ami.refuse(action, "No AORs found")
            return
        entries = [
            ["Event: AorList", "ObjectType: aor", f"ObjectName: {phone}",
             "Contacts: " + ",".join(f"{phone}/{one}" for one in self.contacts_of(phone))]
            for phone in phones
        ]  # fmt: skip
        self._ami.answer_list(action, entries, ends_with="AorListComplete")

    # ------------------------------------------------------------------ the node's own database

    def _put(self, action: Action) -> None:
        self.database[action["Family"], action["Key"]] = action["Val"]
        self._ami.answer(action, "Message: Updated database successfully")

    def _get(self, action: Action) -> None:
        value = self.database.get((action["Family"], action["Key"]))
        if value is None:
            self._ami.refuse(action, "Database entry not found")
            return
        entry = ["Event: DBGetResponse", f"Family: {action['Family']}", f"Key: {action['Key']}"]
        self._ami.answer_list(action, [[*entry, f"Val: {value}"]], ends_with="DBGetComplete")

    def _get_tree(self, action: Action) -> None:
        family = action["Family"]
        entries = [
            ["Event: DBGetTreeResponse", f"Key: /{family}/{key}", f"Val: {value}"]
            for (of, key), value in self.database.items()
            if of == family
        ]
        if not entries:
            self._ami.refuse(action, "Database entry not found")
            return
        self._ami.answer_list(action, entries, ends_with="DBGetTreeComplete")

    def _delete(self, action: Action) -> None:
        if self.database.pop((action["Family"], action["Key"]), None) is None:
            self._ami.refuse(action, "Database entry not found")
        else:
            self._ami.answer(action, "Message: Key deleted successfully")

    def _reload(self, action: Action) -> None:
        self.reloads += 1
        self._ami.answer(action, "Message: Module Reloaded")

    # ------------------------------------------------------------------ the fallback queue

    def _queue_status(self, action: Action) -> None:
        entries = [
            ["Event: QueueMember", f"Queue: {action['Queue']}", f"Location: {member}",
             f"Paused: {int(is_paused)}"]
            for member, is_paused in self.members.items()
        ]  # fmt: skip
        self._ami.answer_list(action, entries, ends_with="QueueStatusComplete")

    def _queue_add(self, action: Action) -> None:
        self.members[action["Interface"]] = action["Paused"] == "true"
        self._ami.answer(action, "Message: Added interface to queue")

    def _queue_remove(self, action: Action) -> None:
        self.members.pop(action["Interface"], None)
        self._ami.answer(action, "Message: Removed interface from queue")

    def _queue_pause(self, action: Action) -> None:
        self.members[action["Interface"]] = action["Paused"] == "true"
        self._ami.answer(action, "Message: Interface paused successfully")


def _without_ami(reply: Callable[[Action], None]) -> Reply:
    return lambda _ami, action: reply(action)
