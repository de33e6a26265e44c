"""Colloquial questions, as callers put them, must find their article among the first three."""

from datetime import UTC, datetime

import pytest

from knowledge_base.importer import read_sample_articles
from knowledge_base.search import ArticleIndex, Entry

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

# What the agent types (or the caller says) and the beginning of the title that must be found.
QUESTIONS = [
    ("健身房跑路了卡里的钱怎么办", "预付卡商家"),
    ("理发店关门充值的钱不退", "预付卡商家"),
    ("退卡", "预付卡商家"),
    ("网上买的衣服能退吗", "网上购物七天"),
    ("牛奶过期了超市不赔", "买到过期"),
    ("外卖吃出虫子", "餐馆、外卖"),
    ("结账多收我钱", "商家价格欺诈"),
    ("买到假酒了", "买到假货"),
    ("假烟", "买到假货"),
    ("电梯坏了没人修", "电梯困人"),
    ("电梯", "电梯困人"),
    ("开个小店要办什么执照", "个体工商户"),
    ("快递丢了不赔", "快递丢失"),
    ("快递", "快递丢失"),
    ("工地老板不给工钱", "老板拖欠工资"),
    ("欠薪", "老板拖欠工资"),
    ("公司把我炒鱿鱼了有赔偿吗", "被公司辞退"),
    ("上班半年没签合同", "单位不签劳动合同"),
    ("社保断了几个月", "社保断缴"),
    ("老人退休金要刷脸认证", "养老金资格认证"),
    ("失业金怎么领", "失业保险金"),
    ("下班路上被车撞", "工伤认定"),
    ("工伤", "工伤认定"),
    ("社保卡丢了", "社会保障卡"),
    ("租房子可以取公积金吗", "租房怎么提取"),
    ("辞职了公积金怎么取", "离职、退休后公积金"),
    ("公积金能贷多少", "公积金贷款"),
    ("在深圳住院回来能报销吗", "异地就医"),
    ("备案", "异地就医"),
    ("农村合作医疗今年交多少钱", "城乡居民医保"),
    ("住院能报多少", "门诊、住院医保"),
    ("高血压拿药能报销吗", "慢性病"),
    ("医保卡的钱能给我妈用吗", "医保个人账户"),
    ("被狗咬了去哪里打针", "疫苗接种"),
    ("二孩准生证", "生育登记"),
    ("不想活了", "情绪低落"),
    ("二手房过户", "房产证（不动产权证）过户"),
    ("过户", "房产证（不动产权证）过户"),
    ("开发商拖着不给办房产证", "开发商迟迟"),
    ("物业费涨价", "物业服务差"),
    ("新房天花板漏水", "新房漏水"),
    ("漏水", "新房漏水"),
    ("邻居在楼顶搭铁皮房", "举报违法建设"),
    ("垃圾好几天没人收", "垃圾没人清运"),
    ("路灯不亮", "路灯不亮"),
    ("井盖", "路灯不亮"),
    ("停车", "停车收费"),
    ("烧烤摊油烟", "流动摊贩"),
    ("老家起屋要什么手续", "农村建房"),
    ("的士绕路多收钱", "出租车、网约车"),
    ("公交车等了一个小时", "公交线路"),
    ("电子眼拍错了不服", "交通违章不服"),
    ("有车堵我家门口", "车辆乱停放"),
    ("挪车", "车辆乱停放"),
    ("驾照到期了", "驾驶证换证"),
    ("电动车上牌要带什么", "电动自行车上牌"),
    ("小孩上户口", "户口迁移"),
    ("身份证不见了", "身份证丢失"),
    ("去香港要办什么证", "护照、港澳"),
    ("被骗了钱转出去了", "遭遇电信诈骗"),
    ("楼上半夜狗叫", "养犬登记"),
    ("孩子读一年级学区怎么划", "小学、初中学区"),
    ("学区", "小学、初中学区"),
    ("转学", "学生转学"),
    ("补习班关门不退钱", "校外培训机构"),
    ("老师打学生", "举报老师"),
    ("低保", "低保、特困"),
    ("八十岁老人有补贴吗", "高龄老人津贴"),
    ("离婚冷静期", "结婚、离婚"),
    ("残疾证怎么办", "残疾人两项"),
    ("工地晚上打桩吵死了", "工地夜间施工"),
    ("广场舞太吵", "广场舞"),
    ("工厂晚上排臭气", "工厂废气"),
    ("养猪场太臭", "养殖场臭味"),
    ("没钱请律师", "没钱打官司"),
    ("老公打我", "遭遇家庭暴力"),
    ("停水", "停水、水压低"),
    ("没电", "停电、电压"),
    ("煤气味", "燃气泄漏"),
    ("手机乱扣费", "宽带、手机套餐"),
    ("个税退税", "个人所得税"),
    ("不给开发票", "商家不开发票"),
    ("楼道停电动车充电", "消防通道堵塞"),
    ("我上次反映的事办得怎么样了", "工单进度"),
    ("举报会不会泄露我的电话", "要求对身份保密"),
    ("粤省事登不上去", "粤省事、政务网"),
    ("种粮补贴没发", "惠农补贴"),
    ("旅行社不退钱", "景区门票"),
    ("货款拖着不给", "政府部门、国企拖欠"),
    ("小店卖烟要办证吗", "卷烟零售"),
]
WHOLE_MESSAGES = [
    (
        "你好我想反映一下我在市区一个健身房办了年卡上个月突然关门了老板电话打不通钱找谁退",
        "预付卡商家",
    ),
    (
        "我们十几个人在一个工地干了三个月活包工头一直说甲方没给钱工资到现在没有发快过年了",
        "老板拖欠工资",
    ),
    (
        "我妈妈跟我住广州她是东源的居民医保上星期住院出院说不能直接报销请问要怎么备案才可以报",
        "异地就医",
    ),
]
NOTHING_FITS = [
    "今天天气怎么样",
    "红烧肉怎么做好吃",
    "请问下一届世界杯在哪里举行比赛门票从哪里买",
    "帮我写一首诗",
    "股票明天会涨吗",
    "abcdef",
    "？？？",
    "",
]


@pytest.fixture(scope="module")
def index() -> ArticleIndex:
    """Index all the sample articles as the service does."""
    return ArticleIndex(
        Entry(
            article_id=place,
            texts={
                "title": article["title"],
                "question": article["question"],
                "keywords": " ".join(article["keywords"]),
                "answer": article["answer"],
            },
            lines=frozenset(article["lines"]),
            valid_from=AT,
            valid_until=None,
        )
        for place, article in enumerate(read_sample_articles())
    )


def titles(index: ArticleIndex, text: str, *, line: str | None = None) -> list[str]:
    """Return the titles of the first three hits."""
    articles = read_sample_articles()
    return [
        articles[hit.article_id]["title"] for hit in index.find(text, line=line, at=AT, limit=3)
    ]


@pytest.mark.parametrize(("asked", "title"), QUESTIONS + WHOLE_MESSAGES)
def test_a_colloquial_question_finds_its_article(
    index: ArticleIndex, asked: str, title: str
) -> None:
    assert any(found.startswith(title) for found in titles(index, asked)), titles(index, asked)


def test_most_questions_find_their_article_first(index: ArticleIndex) -> None:
    first = sum(titles(index, asked)[0].startswith(title) for asked, title in QUESTIONS)

    assert first / len(QUESTIONS) >= 0.9


@pytest.mark.parametrize("asked", NOTHING_FITS)
def test_a_question_that_no_article_answers_finds_nothing(index: ArticleIndex, asked: str) -> None:
    assert titles(index, asked) == []


def test_there_are_enough_two_character_questions() -> None:
    assert sum(len(asked) == 2 for asked, _ in QUESTIONS) >= 12


def test_the_dialled_line_brings_its_own_articles_forward(index: ArticleIndex) -> None:
    anywhere = index.find("退费", line=None, at=AT, limit=5)
    on_line = index.find("退费", line="12391", at=AT, limit=5)
    articles = read_sample_articles()

    assert "12391" in articles[on_line[0].article_id]["lines"]
    assert {hit.article_id for hit in anywhere} == {hit.article_id for hit in on_line}
