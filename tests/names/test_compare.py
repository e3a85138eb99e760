"""What two names are to each other."""

import pytest

from licet.names import DEFAULT, compare
from licet.names.prepare import LENGTH

SAME = [
    ("Huawei Tech. Co. Ltd", "Huawei Technologies Co., Ltd."),
    ("Hua Wei Technologies", "Huawei Technologies Co., Ltd."),
    ("Technologies Huawei", "Huawei Technologies Co., Ltd."),
    ("Huawie Technologies Co., Ltd.", "Huawei Technologies Co., Ltd."),
    ("OAO Gazprom", "Gazprom JSC"),
    ("ООО Байкал", "Baikal LLC"),
    ("ПАО Микрон", "Joint Stock Company Mikron"),
    ("Al Qa'ida", "Al Qaeda"),
    ("Brigade Fourty-four", "Brigade 44"),
    ("Vanderbilt Corp", "van der Bilt Corp"),
    ("杭州宏宇科技有限公司", "Hangzhou Hongyu Technology Co., Ltd."),
    ("廣州宏宇科技有限公司", "Guangzhou Hongyu Technology Co., Ltd."),
    ("شركة خاتم", "Khatam Company"),
    ("Первый завод Вектор", "First Plant Vector"),
    ("Нuаwеi Technologies", "Huawei Technologies"),  # look-alike letters of another script
    ("Semicond uctors Apex (HK) Ltd", "Apex Semiconductors (Hong Kong) Limited"),
    ("U.S. Department of Energy", "United States Department of Energy"),
]
OTHER = [
    ("Volkswagen AG", "Siemens AG"),
    ("Management Company", "Westminster Management Company"),
    ("BAE Systems, Inc.", "BAE Industries, Inc."),
    ("Beijing Electronics Trading Co., Ltd.", "Beijing Import and Export Electronics Research Institute"),
    ("711 Aircraft Repair Plant", "810 Aircraft Repair Plant"),
    ("Government of Estonia", "Government of Ethiopia"),
    ("Shenzhen Sowell Technology Co., Ltd.", "Shenzhen Siglent Technology Co., Ltd."),
    ("Snow", "Snoe"),
]


@pytest.mark.parametrize(("a", "b"), SAME)
def test_the_same_firm_is_possible_where_no_country_is_known(a: str, b: str) -> None:
    assert compare(a, b).score >= DEFAULT.possible_unknown
    assert compare(b, a).score >= DEFAULT.possible_unknown


@pytest.mark.parametrize(("a", "b"), OTHER)
def test_another_firm_is_not(a: str, b: str) -> None:
    assert compare(a, b).score < DEFAULT.possible_unknown


@pytest.mark.parametrize(
    ("brand", "name"),
    [
        ("海康威视", "Hikvision"),
        ("杭州海康威视数字技术股份有限公司", "Hangzhou Hikvision Digital Technology Co., Ltd."),
        ("科大讯飞股份有限公司", "iFlytek"),
        ("Хуавей", "Huawei"),
    ],
)
def test_a_curated_brand_stands_for_its_latin_name(brand: str, name: str) -> None:
    assert compare(brand, name).score >= DEFAULT.possible_unknown


@pytest.mark.parametrize(
    "a", ["Huawei Technologies Co., Ltd.", "HUAWEI  TECHNOLOGIES, CO. LTD", "ＨＵＡＷＥＩ Technologies Co Ltd"]
)
def test_an_equal_name_has_the_highest_score(a: str) -> None:
    assert compare(a, "Huawei Technologies Co., Ltd.").score == 1.0


@pytest.mark.parametrize(
    "a", ["Huawei Technologies Limited", "Technologies Huawei Co., Ltd.", "Huawei Technology Co., Ltd."]
)
def test_no_other_name_has_it(a: str) -> None:
    assert 0.9 < compare(a, "Huawei Technologies Co., Ltd.").score < 1.0


def test_scores_rank() -> None:
    listed = "Shanghai Micro Electronics Equipment Co., Ltd."
    asked = [
        listed,
        "Shanghai Micro Electronics Equipment",
        "Shanghai Micro Elektronics Equipment",
        "Shanghai Equipment",
    ]
    scores = [compare(name, listed).score for name in asked]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)


@pytest.mark.parametrize(
    ("a", "b", "how"),
    [
        ("Hua Wei", "Huawei", "joined"),
        ("Hauwei", "Huawei", "typo"),
        ("Rusmedtorg", "Rusmedtorq", "typo"),
        ("Qaida", "Qaeda", "spelling"),
        ("CETC", "China Electronics Technology Corporation", "acronym"),
        ("Huawei", "Huawei", "exact"),
    ],
)
def test_the_explanation_says_how_words_are_alike(a: str, b: str, how: str) -> None:
    assert [pair.how for pair in compare(a, b).aligned] == [how]


def test_the_explanation_says_what_is_left_and_what_numbers_do() -> None:
    score = compare("Hydra 711 Kerch Plant", "Hydra 810 Plant Baltika")
    assert score.numbers == "conflict"
    assert score.left_query == ("711", "kerch")
    assert score.left_listed == ("810", "baltika")
    assert compare("Plant 711", "711th Plant").numbers == "agree"


@pytest.mark.parametrize(
    ("a", "b", "agreement"),
    [("CN", "cn", "agrees"), ("CN", "RU", "differs"), (None, "CN", "unknown"), ("CN", None, "unlisted")],
)
def test_countries(a: str | None, b: str | None, agreement: str) -> None:
    assert compare("Hydra", "Hydra", country_a=a, country_b=b).country == agreement


@pytest.mark.parametrize("name", ["", "   ", "Co., Ltd.", "\u200b\u200b", "???", "x" * (LENGTH + 1), "Hydra " * 500])
def test_what_cannot_be_read_whole_is_cut(name: str) -> None:
    assert compare(name, "Hydra").cut


def test_long_names_are_never_equal_by_their_beginning() -> None:
    start = "Hydra " * 100
    assert compare(start + "Alpha", start + "Beta").score < 1.0
