"""Puts a million tickets into a PostgreSQL by its own means, with the words and marks of lists.

    python -m tests.bench.many_tickets postgresql+psycopg://… 1000000

The database holds the registers; people are added. Three years of tickets, most of them over, a
few thousand still owed, in words that Chinese demands are made of.
"""

import random
import sys
import time

import psycopg
from sqlalchemy import make_url

from app.tickets.search_words import pairs_of, searched_text

TEXTS = 3000
PLACES = [
    "宏图花园",
    "建设大道",
    "和平路",
    "中山公园",
    "永和小区",
    "兴源路",
    "东华花苑",
    "万隆城",
    "滨江大道",
    "文明路",
]
MATTERS = [
    "停水三天",
    "夜间施工噪声扰民",
    "路灯不亮",
    "垃圾无人清运",
    "拖欠工资",
    "物业乱收费",
    "违章停车堵路",
    "油烟扰民",
    "井盖破损",
    "房屋漏水",
    "公交绕路",
    "医保报销",
    "学位申请",
    "消费退款",
    "虚假宣传",
    "占道经营",
    "养犬扰民",
    "电梯故障",
]
DEMANDS = [
    "要求尽快处理并答复",
    "希望相关部门到现场查看",
    "请协助解决",
    "反映多次未果",
    "要求退还费用",
]
RARE = 997
"""So many texts hold a word of their own; the other ones share theirs."""

POOL = """
CREATE TEMP TABLE pool (
  n int PRIMARY KEY, title text, content text, words text, pairs text[]
)
"""
PEOPLE = """
INSERT INTO users (id, work_number, name, role, password_hash, is_active, languages, skills, locale,
                   contact_number, epoch, failed_count, totp_on, last_totp_step, phone_secret,
                   must_change_password, is_demo, is_outsourced, password_changed_at, created_at)
SELECT 900000 + g, 'B' || g, '话务' || g, 'agent', 'x', true, '[]', '[]', 'zh-CN', '', 1, 0, false,
       0, '', false, false, false, now(), now()
FROM generate_series(1, 60) g
"""
# Hashes of the row number stand for chance: the same tickets each time.
TICKETS = """
INSERT INTO tickets (
  id, number, state, request_type, urgency, title, content, occurred, respondent, demand,
  category_code, county_code, town_code, address, privacy, urgency_words, urgency_reason,
  caller_name, calling_number, contact_number, first_contact_id, opened_at, closed_at, due_at,
  lead_unit_id, round, version, is_anonymous, entry_mode, is_channels_own, check_code,
  organisation_name, credit_code, best_time)
SELECT g, 'HY' || to_char(at + interval '8 hours', 'YYYYMMDD') || lpad((g %% 1000000)::text, 6, '0')
         || '0',
  state, CASE WHEN h1 %% 100 < 90 THEN 'complaint' WHEN h1 %% 100 < 95 THEN 'help'
              WHEN h1 %% 100 < 97 THEN 'consult' WHEN h1 %% 100 < 99 THEN 'report'
              ELSE 'suggestion' END,
  CASE WHEN h2 %% 50 = 0 THEN 'urgent' ELSE 'normal' END,
  pool.title, pool.content, '', '', '',
  categories[1 + h3 %% array_length(categories, 1)], county, town, '',
  CASE WHEN h2 %% 40 = 1 THEN 'confidential' ELSE 'ordinary' END, '', '',
  '陈小红', '+86138' || lpad((g %% 100000000)::text, 8, '0'),
  '+86138' || lpad((g %% 100000000)::text, 8, '0'),
  900001 + h3 %% 60, at,
  CASE WHEN is_open THEN NULL ELSE at + (1 + h1 %% 20) * interval '1 day' END,
  at + (10 + h2 %% 10) * interval '1 day',
  CASE WHEN state = 'to_dispatch' THEN NULL ELSE units[1 + h1 %% array_length(units, 1)] END, 1, 1,
  false, 'call', false, '000000', '', '', ''
FROM (
  SELECT g, %(end)s::timestamptz - (%(count)s - g) * (interval '1095 days' / %(count)s) AS at,
    abs(hashint4(g)) AS h1, abs(hashint4(g + 1000003)) AS h2, abs(hashint4(g + 2000003)) AS h3,
    -- the newest are open; of what is older half is over every five days
    (100 + abs(hashint4(g + 3000003)) %% 1000) / 1000.0
      <= power(0.5, (%(count)s - g) * (1095.0 / %(count)s) / 5.0) AS is_open
  FROM generate_series(1, %(count)s) g
) made
CROSS JOIN (SELECT array_agg(code ORDER BY code) AS categories FROM categories
            WHERE parent_code IS NOT NULL) c
CROSS JOIN (SELECT array_agg(id ORDER BY id) AS units FROM units) u
CROSS JOIN LATERAL (
  SELECT r.code AS town, r.parent_code AS county FROM towns r WHERE r.place = 1 + h2 %% %(towns)s
) place
CROSS JOIN LATERAL (
  SELECT CASE
    WHEN is_open THEN (ARRAY['handling', 'to_visit', 'to_sign', 'to_dispatch', 'to_audit',
                             'return_review', 'suspended', 'need_info'])[1 + least(h1 %% 16, 7)]
    ELSE (ARRAY['archived', 'closed', 'merged', 'withdrawn', 'void'])[
           1 + least(greatest(h1 %% 100 - 60, 0) / 8, 4)] END AS state
) stands
JOIN pool ON pool.n = h1 %% %(texts)s
"""
# Each has the part of its lead; one in eight another unit's beside it.
PARTS = """
INSERT INTO assignments (ticket_id, unit_id, part, round, nth, dispatched_at, basis_kind, basis,
                         note, is_signed_by_itself, opinion, ended_at, ending)
SELECT t.id, CASE WHEN beside THEN 1 + t.lead_unit_id %% 7 ELSE t.lead_unit_id END,
  CASE WHEN beside THEN 'assistant' ELSE 'lead' END, 1, CASE WHEN beside THEN 0 ELSE 1 END,
  t.opened_at, 'by_hand', '', '', false, '', t.closed_at,
  CASE WHEN t.closed_at IS NOT NULL THEN 'done' END
FROM tickets t CROSS JOIN (VALUES (false), (true)) AS p (beside)
WHERE t.lead_unit_id IS NOT NULL AND (NOT beside OR abs(hashint4(t.id)) %% 8 = 0)
"""
ROWS = """
INSERT INTO ticket_list_rows (ticket_id, number, opened_at, closed_at, due_at, words, marks)
SELECT t.id, t.number, t.opened_at, t.closed_at,
  CASE WHEN is_open THEN t.due_at END, pool.words,
  array_to_tsvector(pool.pairs || array_remove(ARRAY[
    '_s_' || t.state, CASE WHEN is_open THEN '_s_open' END, '_t_' || t.request_type,
    '_c_' || t.category_code, '_c_' || left(t.category_code, 2), '_r_' || t.county_code,
    '_v_' || t.town_code, '_u_' || t.urgency, '_f_' || t.first_contact_id,
    '_k_' || (t.privacy = 'confidential')::int,
    '_q_' || to_char(t.opened_at + interval '8 hours', 'YYYYQ'),
    CASE WHEN is_open THEN '_d_' || to_char(t.due_at + interval '8 hours', 'YYYYQ') END,
    '_m_' || to_char(t.closed_at + interval '8 hours', 'YYYYMM'), '_a_' || t.lead_unit_id,
    '_n_' || substr(t.number, 3, 8), '_n_' || substr(t.number, 3, 6),
    '_n_' || substr(t.number, 3, 4), '_h_0', '_p_' || t.lead_unit_id,
    CASE WHEN abs(hashint4(t.id)) %% 8 = 0 THEN '_p_' || 1 + t.lead_unit_id %% 7 END
  ], NULL))
FROM tickets t
JOIN pool ON pool.n = abs(hashint4(t.id)) %% %(texts)s
CROSS JOIN LATERAL (SELECT t.closed_at IS NULL AS is_open) o
"""


def texts() -> list[tuple[int, str, str, str, list[str]]]:
    """Return the texts that tickets are made of, each with its words and pairs."""
    dice = random.Random(12345)  # the same each time
    found = []
    for number in range(TEXTS):
        place, matter = dice.choice(PLACES), dice.choice(MATTERS)
        title = f"{place}{matter}"
        own = f"编号{number:05}" if number % RARE == 0 else ""
        content = (
            f"市民反映{place}{dice.randint(1, 300)}号{matter}，{dice.choice(MATTERS)}，"
            f"{own}{dice.choice(DEMANDS)}。{dice.choice(DEMANDS)}。"
        )
        words = searched_text(title, content, "", "", "")
        found.append((number, title, content, words, sorted(pairs_of(words))))
    return found


def put(url: str, count: int, *, end: str = "2026-11-23T02:00:00Z") -> float:
    """Fill an empty database that has the registers; return the seconds it took."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    began = time.monotonic()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET maintenance_work_mem = '512MB'")
        connection.execute("SET work_mem = '64MB'")
        connection.execute(POOL)
        with connection.cursor().copy("COPY pool FROM STDIN") as copy:
            for row in texts():
                copy.write_row(row)
        connection.execute(
            "CREATE TEMP TABLE towns AS SELECT row_number() OVER (ORDER BY code) AS place, code,"
            " parent_code FROM regions WHERE level = 'town'"
        )
        towns = connection.execute("SELECT count(*) FROM towns").fetchone()
        connection.execute(PEOPLE)
        connection.execute("DROP INDEX ix_ticket_list_rows_marks")
        filled = {"count": count, "end": end, "texts": TEXTS, "towns": towns[0] if towns else 1}
        connection.execute(TICKETS, filled)
        connection.execute(PARTS, filled)
        connection.execute(ROWS, filled)
        connection.execute(
            "CREATE INDEX ix_ticket_list_rows_marks ON ticket_list_rows USING gin (marks)"
        )
        connection.execute("SELECT setval('tickets_id_seq', (SELECT max(id) FROM tickets))")
        connection.execute("VACUUM ANALYZE")
    return time.monotonic() - began


if __name__ == "__main__":
    seconds = put(sys.argv[1], int(sys.argv[2]))
    print(f"{sys.argv[2]} tickets in {seconds:.0f} s")  # noqa: T201 - the command's answer
