"""What leads to a person is found however it is written; what is nobody's secret stays."""

import random

import pytest

from app.privacy.personal_traces import (
    TraceKind,
    hidden_in,
    is_identity_number,
    masked_in,
    passes_luhn,
    traces_in,
)

CARD = "44160219900101123"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def with_check(first_17: str) -> str:
    """Reckon the check sign by the modulus itself and not by the table of signs (GB 11643)."""
    total = sum(int(sign) * weight for sign, weight in zip(first_17, WEIGHTS, strict=True))
    for sign in "0123456789X":
        value = 10 if sign == "X" else int(sign)
        if (total + value) % 11 == 1:
            return first_17 + sign
    raise AssertionError


FOUND = [
    ("请回电 13900002817 谢谢", "13900002817", TraceKind.PHONE),
    ("139 0000 2817", "139 0000 2817", TraceKind.PHONE),
    ("1 3 9 0 0 0 0 2 8 1 7", "1 3 9 0 0 0 0 2 8 1 7", TraceKind.PHONE),
    ("139-0000-2817", "139-0000-2817", TraceKind.PHONE),
    ("139.0000.2817", "139.0000.2817", TraceKind.PHONE),
    ("139—0000—2817", "139—0000—2817", TraceKind.PHONE),
    ("139\u200b0000\u200b2817", "139\u200b0000\u200b2817", TraceKind.PHONE),
    ("１３９００００２８１７", "１３９００００２８１７", TraceKind.PHONE),
    ("打一三九零零零零二八一七找我", "一三九零零零零二八一七", TraceKind.PHONE),
    ("幺三九〇〇〇〇两八幺拐", "幺三九〇〇〇〇两八幺拐", TraceKind.PHONE),
    ("壹叁玖零零零零贰捌壹柒", "壹叁玖零零零零贰捌壹柒", TraceKind.PHONE),
    ("一三九0000二八一七", "一三九0000二八一七", TraceKind.PHONE),
    ("1,3,9,0,0,0,0,2,8,1,7", "1,3,9,0,0,0,0,2,8,1,7", TraceKind.PHONE),
    ("1、3、9、0、0、0、0、2、8、1、7", "1、3、9、0、0、0、0、2、8、1、7", TraceKind.PHONE),
    ("+86 139 0000 2817", "+86 139 0000 2817", TraceKind.PHONE),
    ("电话0762-3331234白天在", "0762-3331234", TraceKind.PHONE),
    ("（０７６２）３３３１２３４", "（０７６２）３３３１２３４", TraceKind.PHONE),
    ("座机 3331234", "3331234", TraceKind.PHONE),
    ("我的手机号码是:13 900 002 817", "13 900 002 817", TraceKind.PHONE),
    ("+852 9123 4567", "+852 9123 4567", TraceKind.PHONE),
    (f"身份证 {with_check(CARD)}", with_check(CARD), TraceKind.IDENTITY_CARD),
    ("身份证441602 19900101 123x", "441602 19900101 123x", TraceKind.IDENTITY_CARD),
    (
        "４４１６０２１９９００１０１１２３Ｘ",
        "４４１６０２１９９００１０１１２３Ｘ",
        TraceKind.IDENTITY_CARD,
    ),
    ("一个打错的 441602199001011239", "441602199001011239", TraceKind.IDENTITY_CARD),
    ("老身份证 441602900101123", "441602900101123", TraceKind.IDENTITY_CARD),
    ("退到 6222021234567890128 这张卡", "6222021234567890128", TraceKind.BANK_CARD),
    ("卡号4111 1111 1111 1111", "4111 1111 1111 1111", TraceKind.BANK_CARD),
    ("车牌粤P·12345停在门口", "粤P·12345", TraceKind.PLATE),
    ("粤p 1 2 3 4 5", "粤p 1 2 3 4 5", TraceKind.PLATE),
    ("新能源粤PD12345", "粤PD12345", TraceKind.PLATE),
    ("粤Ｐ１２３４５", "粤Ｐ１２３４５", TraceKind.PLATE),
    ("教练车粤P1234学", "粤P1234学", TraceKind.PLATE),
    ("车牌号：P12345", "P12345", TraceKind.PLATE),
    ("住在502室", "502室", TraceKind.ROOM),
    ("住五零二房", "五零二房", TraceKind.ROOM),
    ("A座那边", "A座", TraceKind.ROOM),
    ("5号楼门口", "5号楼", TraceKind.ROOM),
    ("家在3-502漏水", "3-502", TraceKind.ROOM),
    ("家在3#502漏水", "3#502", TraceKind.ROOM),
    ("十二栋楼下", "十二栋", TraceKind.ROOM),
    ("发到 wang.li+1@example.com 吧", "wang.li+1@example.com", TraceKind.EMAIL),
    ("wangli艾特qq点com", "wangli艾特qq点com", TraceKind.EMAIL),
    ("ｗａｎｇ＠ｅｘａｍｐｌｅ．ｃｏｍ", "ｗａｎｇ＠ｅｘａｍｐｌｅ．ｃｏｍ", TraceKind.EMAIL),
    ("微信号：wang_li-88", "wang_li-88", TraceKind.ACCOUNT),
    ("加v wangli2020", "wangli2020", TraceKind.ACCOUNT),
    ("微信 wxid_ab12cd34", "wxid_ab12cd34", TraceKind.ACCOUNT),
    ("QQ:12345678", "12345678", TraceKind.ACCOUNT),
]

LEFT = [
    "请拨打 12345 或 110、95598",
    "2026年11月23日上午10点30分到现在",
    "2026-11-23 10:30 停水",
    "工单 HY20261123000418-7 一直没人办",
    "共欠薪 13900 元，涉及 28 人",
    "沿江路 12 号路灯不亮",
    "一座桥、两室一厅、房产证、三房东、出租房间",
    "微信公众号查询不了，微信支付扣了两次",
    "文号 粤办函〔2022〕230号",
    "第1、3、5、7、9单元格",
    "统一社会信用代码查询",
    "公交 3 路、15 路改道",
    "每平方米 6200.50 元",
    "电话 12345 打不通",
]


@pytest.mark.parametrize(("text", "trace", "kind"), FOUND)
def test_a_trace_is_found_however_it_is_written(text: str, trace: str, kind: TraceKind) -> None:
    assert [(text[each.start : each.end], each.kind) for each in traces_in(text)] == [(trace, kind)]
    assert trace not in hidden_in(text)


@pytest.mark.parametrize("text", LEFT)
def test_what_is_nobodys_secret_stays(text: str) -> None:
    assert traces_in(text) == []
    assert hidden_in(text) == text


def test_the_callers_own_name_is_found_in_every_spelling_it_is_given_in() -> None:
    text = "陈小明说，陈 小 明在场，陈先生也知道，陈述如下"

    hidden = hidden_in(text, names=("陈小明", "陈先生", "陈"))

    assert hidden == "***说，***在场，***也知道，陈述如下"


def test_masking_leaves_what_the_work_needs_and_what_the_owner_knows_again() -> None:
    text = "翠湖花园3栋502房，粤P12345，电话1 3 9 0 0 0 0 2 8 1 7，卡6222021234567890128"

    assert masked_in(text) == "翠湖花园3栋502房，粤P12345，电话139****2817，卡***"


def test_a_check_sign_is_reckoned_as_the_standard_says() -> None:
    rolled = random.Random(3)
    for _ in range(500):
        day = f"{rolled.randint(1930, 2020)}{rolled.randint(1, 12):02}{rolled.randint(1, 28):02}"
        number = with_check(f"{rolled.randint(110000, 659999)}{day}{rolled.randint(0, 999):03}")
        wrong = number[:17] + ("0" if number[17] != "0" else "1")
        assert is_identity_number(number)
        assert not is_identity_number(wrong)


def test_a_bank_card_is_known_by_its_last_digit() -> None:
    # Published examples of ISO/IEC 7812 numbers for tests.
    assert passes_luhn("4111111111111111")
    assert passes_luhn("5500005555555559")
    assert not passes_luhn("4111111111111112")
    assert traces_in("流水号 4111111111111112") == []


def test_every_mobile_with_any_sign_between_its_digits_is_hidden_to_the_last_digit() -> None:
    rolled = random.Random(7)
    gaps = ["", " ", "-", ".", "·", "  ", "\u200b", " - "]
    numerals = "零一二三四五六七八九"
    for _ in range(2000):
        digits = f"1{rolled.randint(3, 9)}{rolled.randint(0, 10**9 - 1):09}"
        signs = [numerals[int(each)] if rolled.random() < 0.3 else each for each in digits]
        written = signs[0] + "".join(rolled.choice(gaps) + sign for sign in signs[1:])
        hidden = hidden_in(f"找我{written}，急")
        assert hidden == "找我***，急", written


def test_a_long_text_of_digits_is_looked_through_in_no_time() -> None:
    text = ("1 3 9 - " * 5000) + "粤" * 5000 + "A" * 5000 + "@" * 2000

    assert hidden_in(text)
