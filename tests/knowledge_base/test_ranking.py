from knowledge_base import ranking
from knowledge_base.ranking import Evidence


def test_terms_are_characters_pairs_and_whole_latin_words() -> None:
    assert list(ranking.terms("公积金APP 12345")) == [
        *"公积金",
        "公积",
        "积金",
        "app",
        "12345",
    ]


def test_full_width_letters_are_the_same_as_narrow_ones() -> None:
    assert list(ranking.terms("ＡＰＰ１２")) == ["app12"]


def test_fillers_are_not_asked_for() -> None:
    assert ranking.query_terms("请问低保怎么办") == ["低", "保", "低保"]


def test_a_query_of_fillers_alone_is_asked_as_it_is() -> None:
    assert "怎么" in ranking.query_terms("怎么办")


def test_a_whole_message_asks_for_pairs_alone() -> None:
    asked = ranking.query_terms("小区楼下烧烤摊每天晚上油烟很大睡不着觉")

    assert all(len(term) == 2 for term in asked)
    assert "油烟" in asked


def test_a_rare_term_says_more_than_a_common_one() -> None:
    assert ranking.rarity(1, articles=90) > ranking.rarity(40, articles=90) > 0


def test_the_share_counts_terms_by_what_they_say() -> None:
    says = {"低保": 3.0, "申": 1.0}

    assert ranking.weigh(["低保", "申"], {"低保"}, {"低保"}, says, articles=90).share == 0.75
    assert ranking.weigh([], {"低保"}, {"低保"}, says, articles=90).share == 0.0


def test_a_pair_counts_only_in_the_head_of_an_article() -> None:
    says = {"做好": 3.0}

    assert ranking.weigh(["做好"], {"做好"}, set(), says, articles=90).pairs == 0.0
    assert ranking.weigh(["做好"], {"做好"}, {"做好"}, says, articles=90).pairs > 0.0


def test_single_characters_alone_need_a_greater_share_than_a_pair() -> None:
    assert ranking.fits(Evidence(share=0.25, pairs=0.6), is_message=False)
    assert not ranking.fits(Evidence(share=0.25, pairs=0.0), is_message=False)
    assert ranking.fits(Evidence(share=0.40, pairs=0.0), is_message=False)


def test_a_whole_message_fits_by_a_few_rare_pairs_whatever_else_it_tells() -> None:
    assert ranking.fits(Evidence(share=0.05, pairs=3.2), is_message=True)
    assert not ranking.fits(Evidence(share=0.05, pairs=2.0), is_message=True)
