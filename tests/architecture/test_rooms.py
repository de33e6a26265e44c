"""Rooms have the same shelves, keep their tables to themselves, and save only at their edges."""

from collections import defaultdict
from pathlib import Path

import pytest

from tests.architecture.tree import CODE, ROOMS, files, imports_of

SHELVES = {
    "__init__", "models", "service", "views", "forms", "events", "listeners", "jobs", "webhooks",
    "refusals",
}  # fmt: skip

# Files named after what they decide. They know no web, no database and no wires.
DECIDING = {
    "accounts": {
        "lockout", "password_hashing", "password_policy", "safe_addresses", "second_step",
        "sign_in_steps",
    },
    "administration": {
        "logo_checks", "people_sheet", "place_sheet",
    },
    "audit": {
        "line_contents",
    },
    "callers": {
        "families", "misuse_rules", "misuse_states", "number_places", "shown_names",
    },
    "call_queue": {
        "no_call_verdict", "own_day", "presence_states", "routing",
    },
    "boards": {
        "figures",
    },
    "calls": {
        "call_back_verdict", "call_policy", "call_results", "call_spells", "call_states",
        "link_lag", "proven_tries", "reckoning", "reconciliation", "told_steps", "transfer_states",
    },
    "channel_entries": {
        "case_faults", "case_sheet", "case_words", "channel_states", "entry_cycle",
    },
    "channels": {
        "door_rules", "landing_routes", "number_states", "opening_hours", "registrable_numbers",
        "route_words", "sound_checks",
    },
    "duty_roster": {
        "escalation", "roster_rules",
    },
    "handling": {
        "attachment_checks", "attachment_refusals", "capacities", "clock_rules", "crowd_rules",
        "document_checks", "hot_rules", "picture_checks", "reply_checks", "return_rules",
        "shared_replies",
        "telling_figures", "ticket_pictures", "visit_keys", "visit_links", "visit_times",
        "wish_states",
    },
    "knowledge_base": {
        "ranking", "review_states",
    },
    "notifications": {
        "body_template", "message_states", "occasions", "provider", "reach", "send_times",
        "template_text",
    },
    "keeping": {
        "due_tickets", "held_things",
    },
    "results": {
        "scopes",
    },
    "rules": {
        "calendar_history", "calendar_notices", "category_words", "code_lists", "dated_versions",
        "due_dates",
        "exclusion_versions", "office_hours", "quiet_hours", "retention_lengths", "rule_book",
        "running_clocks", "time_limits", "type_natures", "type_versions", "visit_hours",
        "warning_times", "working_time",
    },
    "recordings": {
        "audio_checks", "audio_joining", "bucket_signature", "completeness", "fetch_times",
        "hearing", "play_starts", "recording_names", "retention", "upload_signature",
    },
    "organisation": {
        "place_ranking", "place_words", "proposal_states", "unit_search",
    },
    "privacy": {
        "levels", "looks", "personal_traces", "searched_words", "uncovering",
    },
    "measures": {
        "formula_words", "formulas", "grouping", "mean_times", "periods", "pictures",
        "publication_states", "telling_groups", "type_schemes",
    },
    "switchboard": {
        "outage_reckoning",
    },
    "text_intake": {
        "message_states", "reply_ways",
    },
    "ticket_desks": {
        "offered_limits",
    },
    "tickets": {
        "check_codes", "credit_codes", "enquiry_rules", "export_states", "field_groups",
        "identity_numbers", "intake_gate", "likeness", "list_cursor", "list_wanted",
        "list_within", "outside_kinds", "person_details", "recusal", "search_words", "spots",
        "ticket_elements", "ticket_flags", "ticket_moves", "ticket_numbers", "ticket_states",
        "ticket_timeline", "unit_view", "urgency_triggers",
    },
    "workstation": {
        "call_verdict", "desk_choices", "evidence_rules", "wire_input",
    },
    "demo": {
        "seed_lives", "seed_plots", "seed_stories",
    },
}  # fmt: skip

# The few files that are neither a shelf nor a decision; each is a service too long for one file,
# or the one place of a loop or an outside thing.
NAMED = {
    "accounts": {
        "contractors", "people_register", "phone_secrets", "seats",
    },
    "callers": {
        "forgetting", "misuse", "person_changes", "person_list",
    },
    "administration": {
        "calendar_pages", "category_forms", "category_pages", "code_pages", "exclusion_pages",
        "people_import", "people_pages", "person_pages", "place_forms", "place_import",
        "place_pages", "place_sheet_pages", "planned_changes", "proposal_pages", "region_day_pages",
        "brand_pages",
        "retention_pages", "rule_pages", "sheet_pages", "skill_pages", "type_forms", "type_pages",
        "urgency_pages",
    },
    "audit": {
        "line_ends", "sentences", "ticket_rules",
    },
    "boards": {
        "day_calls",
    },
    "channel_entries": {
        "case_book", "case_forms", "case_import", "case_interface", "case_pages", "case_reading",
        "channel_pages", "channel_register", "demand_form", "detail_fields", "entry_turns",
        "erasing", "interface_secrets", "sheet_pages",
    },
    "channels": {
        "alone_notices", "directory", "door", "greeting_sounds", "landing_rows", "landings",
        "number_changes", "numbers_here", "numbers_lately", "register_pages", "register_wire",
        "registers", "route_changes",
    },
    "call_queue": {
        "at_the_desk", "board_picture", "call_rows", "conferring", "deadlines", "desk_links",
        "following", "line_picture", "offering", "oversight", "places", "policy", "presences",
        "reasons", "reminding", "taking_up",
    },
    "calls": {
        "absences", "adoption", "call_backs", "call_news", "call_persons", "call_rows",
        "control_news", "counted_calls", "door_reasons", "erasing", "exchange_controls",
        "forward_news", "given_up_exchanges", "kept_news", "ledger", "left_going", "legs",
        "mending", "order_book", "outcomes", "own_telephones", "provider_events",
        "reachable_phones", "recheck", "retelling", "spells", "standing", "taking_back",
        "talk_adoption", "talk_parts", "talk_times", "transfers", "wishes",
    },
    "demo": {
        "seed", "seed_callers", "seed_channels", "seed_days", "seed_handling", "seed_history",
        "seed_outcomes", "seed_people", "seed_rosters",
    },
    "handling": {
        "acting", "attachments", "calendar_following", "calling", "clock_limits", "clocks",
        "contacting", "correcting", "counted_tickets", "crowds", "desk_lists", "desk_pools",
        "dispatching", "disputing", "document_apart", "erasing", "first_contact",
        "following", "hot_matters", "lead_places", "marking", "merging", "precedents", "proposing",
        "results", "returning", "scope", "sweeping",
        "telling_cases", "timing", "unit_leads", "unit_parts", "unit_tabs", "unsigned",
        "visit_lists", "visiting",
        "answering", "reply_owed",
        "part_numbers",
    },
    "knowledge_base": {
        "importer", "search",
    },
    "notifications": {
        "addressees", "carriers", "entry_reminders", "erasing", "escalating", "hot_messages",
        "http_provider", "message_texts", "outbox", "report_secrets", "reporting",
        "rules_of_telling", "simulated_provider", "smtp_provider", "telling", "text_pages",
        "visit_invitation",
    },
    "rules": {
        "brand_register", "category_register", "code_register", "exclusion_register",
        "retention_register", "rule_register", "type_register", "urgency_register",
        "version_rows", "working_calendar",
        "limit_words",
    },
    "organisation": {
        "gazetteer", "liaisons", "place_proposals", "region_units",
    },
    "measures": {
        "figure_files", "figure_names", "formula_pages", "formula_register", "reading",
        "report_pages", "reports", "telling", "telling_pages",
    },
    "realtime": {
        "between_processes", "board_pages", "boards", "broadcaster", "connections", "newest",
    },
    "recordings": {
        "audio_bucket", "audio_store", "call_ties", "erasing", "fetching", "handing_over", "holds",
        "listening", "sweeping", "upload_trial",
    },
    "switchboard": {
        "bell", "duty", "exchange_worker", "first_look", "health_pages", "intake", "introductions",
        "lag_meter", "link_watch", "lookout", "loops", "news_order", "news_pump", "outage_pages",
        "outages", "past_news", "pulse", "shift", "sounds",
    },
    "keeping": {
        "holding", "look_ends", "rounds", "ticket_ends",
    },
    "results": {
        "replies",
    },
    "text_intake": {
        "message_lists", "message_secrets", "replies",
        "erasing",
    },
    "tickets": {
        "bulk_acts", "call_matters", "duplicates", "entered_tickets", "erasing", "export_pages",
        "export_rows", "exports", "hold_pages", "holds", "kept_tickets", "left_tickets",
        "list_conditions", "list_names", "list_pages",
        "list_rows", "list_search", "matter_choices", "number_pages", "numbering", "opening",
        "outside_numbers", "person_tickets", "placing", "privacy_pages", "promises", "reading",
        "recording", "saved_views", "stepping", "tags", "ticket_list", "ticket_page",
        "ticket_words", "timeline_words", "type_names",
    },
    "workstation": {
        "asked", "call_pages", "call_story", "called_persons", "caller_forgetting", "caller_forms",
        "caller_history", "caller_pages", "cards", "control_cards", "control_listeners",
        "control_pages", "evidence_files", "evidence_pack", "form_cards", "form_look_ups",
        "hand_cards", "hand_forms",
        "hand_off_pages", "hand_pages", "kept_drafts", "machines", "messages", "misuse_forms",
        "misuse_pages", "notices", "own_settings", "phone_lines", "pop_cards", "pops",
        "story_words", "writing_pages",
    },
    "ticket_desks": {
        "attachment_pages", "audit_pages", "batch_pages", "county_pages", "crowd_cards",
        "decision_pages", "desk_acts", "dispatch_forms", "dispatch_pages", "dispatch_picture",
        "follow_forms", "follow_pages", "liaison_pages", "own_call_pages", "standing_pages",
        "ticket_card", "unit_forms", "unit_pages", "unit_picture", "visit_forms",
        "visit_link_pages", "visit_pages",
    },
}  # fmt: skip

# Rooms whose service is several files: others may ask all of them.
LONG_SERVICES: defaultdict[str, set[str]] = defaultdict(set)
LONG_SERVICES["accounts"] = {"contractors", "people_register"}
LONG_SERVICES["boards"] = NAMED["boards"]
LONG_SERVICES["rules"] = NAMED["rules"] | {"refusals"}
LONG_SERVICES["organisation"] = NAMED["organisation"]
LONG_SERVICES["call_queue"] = NAMED["call_queue"]
LONG_SERVICES["callers"] = NAMED["callers"] | {"refusals"}
LONG_SERVICES["calls"] = NAMED["calls"]
LONG_SERVICES["channel_entries"] = {
    "case_reading", "channel_register", "demand_form", "entry_turns", "erasing",
    "interface_secrets", "refusals",
}  # fmt: skip
LONG_SERVICES["results"] = {"replies"}
LONG_SERVICES["text_intake"] = {"erasing", "message_secrets"}
LONG_SERVICES["keeping"] = NAMED["keeping"]
LONG_SERVICES["channels"] = NAMED["channels"]
LONG_SERVICES["handling"] = NAMED["handling"] | {"refusals"}
LONG_SERVICES["notifications"] = {
    "erasing", "message_texts", "outbox", "report_secrets", "rules_of_telling", "telling",
    "visit_invitation",
}  # fmt: skip
LONG_SERVICES["measures"] = {"reports"}
LONG_SERVICES["knowledge_base"] = {"importer"}
LONG_SERVICES["recordings"] = {
    "erasing", "fetching", "handing_over", "holds", "listening", "sweeping",
}  # fmt: skip
LONG_SERVICES["privacy"] = {"forms"}
LONG_SERVICES["tickets"] = {
    "bulk_acts", "call_matters", "duplicates", "entered_tickets", "erasing", "holds",
    "kept_tickets", "list_names",
    "list_rows", "list_search", "matter_choices", "numbering", "opening", "outside_numbers",
    "person_tickets", "placing", "promises", "reading", "refusals", "stepping", "tags",
    "ticket_list", "type_names",
}  # fmt: skip
LONG_SERVICES["workstation"] = {"phone_lines", "pops"}

FOUNDATION = {
    "clock", "column_types", "database", "database_limits", "emergency_numbers", "environment",
    "error_pages", "errors", "events", "extensions", "facts",
    "formatting", "forms", "handed_down", "judged_sheets", "languages", "lean_transactions",
    "log_setup", "pagination",
    "permissions", "phone_numbers", "request_signature", "row_ids", "security_headers",
    "seen", "sheets",
    "sign_in", "signed_links", "signed_requests", "silent_database",
    "state_machine", "this_save",
    "__init__", "incoming", "vite_assets", "workbook_writing", "workbooks", "written_last",
}  # fmt: skip

IMPURE = (
    "flask", "flask_login", "flask_babel", "flask_wtf", "flask_sqlalchemy", "flask_socketio",
    "sqlalchemy", "wtforms", "telephony", "app.core.database", "app.core.extensions",
)  # fmt: skip

# Where a save may begin: pages, webhooks, loops, sockets, commands. Never in a service.
EDGES = {
    "views", "webhooks", "jobs", "listeners", "cli", "call_pages", "caller_pages", "control_pages",
    "connections", "seed", "exchange_worker", "intake", "link_watch", "loops", "news_pump",
    "past_news", "pops", "hand_pages", "writing_pages", "calendar_pages", "code_pages",
    "exclusion_pages", "people_pages", "person_pages", "rule_pages", "sheet_pages", "skill_pages",
    "board_pages", "brand_pages", "case_pages", "follow_pages", "visit_link_pages", "visit_pages",
    "category_pages", "channel_pages", "export_pages", "list_pages",
    "misuse_pages", "number_pages", "place_pages", "place_sheet_pages", "privacy_pages",
    "proposal_pages", "report_pages", "simulated_provider", "text_pages", "type_pages",
    "batch_pages", "decision_pages", "desk_acts", "formula_pages", "liaison_pages",
    "own_call_pages", "region_day_pages", "retention_pages", "telling_pages", "urgency_pages",
    "hold_pages",
}  # fmt: skip
EDGE_FILES = {Path("app/switchboard/service.py"), Path("app/core/database.py")}


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_room_holds_only_known_shelves(room: Path) -> None:
    known = SHELVES | DECIDING.get(room.name, set()) | NAMED.get(room.name, set())

    assert {path.stem for path in room.glob("*.py")} - known == set()


def test_the_foundation_is_a_closed_list() -> None:
    assert {path.stem for path in Path("app/core").glob("*.py")} == FOUNDATION


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_room_keeps_its_tables_to_itself(room: Path) -> None:
    home = ".".join(room.parts)

    foreign = [
        (str(path), module)
        for path in room.rglob("*.py")
        for module in imports_of(path)
        if ".models" in module and not module.startswith(f"{home}.") and "core" not in module
    ]

    assert foreign == []


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_room_asks_another_only_through_its_service_and_its_events(room: Path) -> None:
    """Policies and states are read too: they are values, and pure."""
    home = ".".join(room.parts)
    open_to_all = {"service", "events"}
    others = {".".join(other.parts): other.name for other in ROOMS if other != room}

    foreign = []
    for path in room.rglob("*.py"):
        for module in imports_of(path):
            for other, name in others.items():
                if module.startswith(f"{other}."):
                    shelf = module.removeprefix(f"{other}.").split(".")[0]
                    if shelf not in open_to_all | DECIDING.get(name, set()) | LONG_SERVICES[name]:
                        foreign.append((str(path), module))

    assert foreign == [], home


@pytest.mark.parametrize(
    "path",
    [
        Path("knowledge_base" if room == "knowledge_base" else f"app/{room}") / f"{name}.py"
        for room, names in DECIDING.items()
        for name in names
    ],
    ids=str,
)
def test_what_decides_knows_no_web_no_database_and_no_wires(path: Path) -> None:
    assert [m for m in imports_of(path) if m.split(".")[0] in IMPURE or m.startswith(IMPURE)] == []


def test_a_save_begins_only_at_an_edge() -> None:
    elsewhere = [
        str(path)
        for path in files(*CODE)
        if path.stem not in EDGES
        and path not in EDGE_FILES
        and any(module.endswith("database.unit_of_work") for module in imports_of(path))
    ]

    assert elsewhere == []


def test_nobody_commits_but_the_unit_of_work() -> None:
    commits = [
        str(path) for path in files(*CODE) if "session.commit(" in path.read_text(encoding="utf-8")
    ]

    assert commits == ["app/core/database.py"]
