"""The parts of understanding, each by itself."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from bot.nlu.characters import features, spans_of, tags_of
from bot.nlu.extractor import joined
from bot.nlu.kernel import Features, Likeness, fit
from bot.nlu.known import Recogniser
from bot.nlu.lexicon import Lexicon
from bot.nlu.ngrams import prepared
from bot.nlu.normalise import normalise
from bot.nlu.patterns import Found, find_fixed, find_likely
from bot.nlu.segment import Segmenter
from bot.nlu.sentences import DIMENSIONS, encode
from bot.nlu.spans import Span, lost_spans
from bot.nlu.values import value_of

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("２０２６年買的ＡＢ", "2026年买的ab"),
        ("理賠要甚麼材料？", "理赔要甚么材料?"),
        ("身份证　号", "身份证 号"),
        ("PDAA2026", "pdaa2026"),
        ("İ😀\t", "İ😀\t"),
    ],
)
def test_normalising_keeps_every_place(typed: str, plain: str) -> None:
    assert normalise(typed) == plain
    assert len(normalise(typed)) == len(typed)


@pytest.mark.parametrize(
    ("text", "entity", "typed", "value"),
    [
        ("号码改成138 0000-1001", "phone", "138 0000-1001", "13800001001"),
        ("打+86 13800001001", "phone", "+86 13800001001", "13800001001"),
        ("身份证32010219990123401x", "id_number", "32010219990123401x", "32010219990123401X"),
        ("保单号p202400010001查一下", "policy_number", "p202400010001", "P202400010001"),
        ("ＰＤＡＡ2026440300000123", "policy_number", "ＰＤＡＡ2026440300000123", "PDAA2026440300000123"),
        ("CLM202600030001到哪步了", "claim_number", "CLM202600030001", "CLM202600030001"),
        ("投诉单TS202600040001", "request_number", "TS202600040001", "TS202600040001"),
        ("投保单T202600020001呢", "request_number", "T202600020001", "T202600020001"),
        ("卡号6222 0202 0000 1234 562", "bank_card", "6222 0202 0000 1234 562", "6222020200001234562"),
        ("粤B12345蹭了", "plate_number", "粤B12345", "粤B12345"),
        ("苏A·D12345", "plate_number", "苏A·D12345", "苏AD12345"),
        ("发到wang.xm@example.com吧", "email", "wang.xm@example.com", "wang.xm@example.com"),
    ],
)
def test_numbers_are_found_by_their_form(text: str, entity: str, typed: str, value: str) -> None:
    start = text.index(typed)
    assert find_fixed(text) == [Found(entity, start, start + len(typed))]
    assert value_of(entity, typed, TODAY, {}) == value


@pytest.mark.parametrize(
    "text", ["等待期90天", "保额500000元", "2026年11月22日", "1380000100", "138000010012", "第3.2条", "P2024"]
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert find_fixed(text) == []


@pytest.mark.parametrize(
    ("text", "entity", "typed"),
    [
        ("昨天下午摔了", "date", "昨天"),
        ("上个月15号交的", "date", "上个月15号"),
        ("2026年3月5号住院", "date", "2026年3月5号"),
        ("二〇二六年三月", "date", "二〇二六年三月"),
        ("下周三行不", "date", "下周三"),
        ("去年三月份", "date", "去年三月份"),
        ("這個月的", "date", "這個月"),
        ("花了三千二百块", "amount", "三千二百块"),
        ("保额50万", "amount", "50万"),
        ("赔了一万五", "amount", "一万五"),
        ("扣了36.60元", "amount", "36.60元"),
        ("咋划走188", "amount", "188"),
        ("保三十万分二十年", "amount", "三十万"),
        ("想趸交", "payment_mode", "趸交"),
        ("一次性付清吧", "payment_mode", "一次性付清"),
        ("一次性付掉", "payment_mode", "一次性"),
    ],
)
def test_dates_and_amounts_are_found_by_their_form(text: str, entity: str, typed: str) -> None:
    assert [(found.entity, text[found.start : found.end]) for found in find_likely(text)] == [(entity, typed)]


@pytest.mark.parametrize(
    "text", ["我每个月都交", "三年了", "万一出事", "3天内", "一二三四", "万分感谢", "交了20年"]
)
def test_durations_and_phrases_are_no_dates_or_amounts(text: str) -> None:
    assert find_likely(text) == []


@pytest.mark.parametrize(
    ("text", "entity", "typed"),
    [
        ("单号P60021983341这期", "policy_number", "P60021983341"),
        ("保单号码是886001234567", "policy_number", "886001234567"),
        ("受理单20240702331被退回", "request_number", "20240702331"),
        ("CL202406180032到哪了", "claim_number", "CL202406180032"),
        ("证件尾号0027", "id_number", "0027"),
        ("身份证后六位是01123X", "id_number", "01123X"),
        ("卡尾号4410那张", "bank_card", "4410"),
        ("尾号6621的卡", "bank_card", "6621"),
        ("手机尾号1234", "phone", "1234"),
        ("保单尾号0001", "policy_number", "0001"),
    ],
)
def test_what_stands_beside_a_number_tells_what_it_is(text: str, entity: str, typed: str) -> None:
    start = text.index(typed)
    assert find_fixed(text) == [Found(entity, start, start + len(typed))]


@pytest.mark.parametrize("text", ["订单号12345678901", "快递单号7788990011223", "尾号6621"])
def test_numbers_of_others_and_bare_tails_are_left_to_the_model(text: str) -> None:
    assert [found for found in find_fixed(text) if found.entity == "policy_number"] == []


def test_words_stand_at_their_places_in_the_typed_text() -> None:
    text = "萬能險 結算利率"
    assert [(word.text, text[word.start : word.end]) for word in Segmenter(["万能险"]).words(text)] == [
        ("万能险", "萬能險"),
        ("结算", "結算"),
        ("利率", "利率"),
    ]


def test_terms_of_one_segmenter_are_unknown_to_another() -> None:
    text = "犹豫期现金价值"
    with_terms = [word.text for word in Segmenter(["犹豫期", "现金价值"]).words(text)]
    without = [word.text for word in Segmenter().words(text)]
    assert with_terms == ["犹豫期", "现金价值"]
    assert without != with_terms


def test_products_are_recognised_without_training_and_the_longest_name_wins() -> None:
    recognise = Recogniser(["安心守护", "安心守护重疾险", "车险"])
    text = "安心守護重疾險和車險，手机13800001001，昨天"
    fixed, likely = recognise(text)
    assert [found.entity for found in fixed] == ["phone"]
    assert [(found.entity, text[found.start : found.end]) for found in likely] == [
        ("product", "安心守護重疾險"),
        ("product", "車險"),
        ("date", "昨天"),
    ]


def test_a_recogniser_without_products_still_finds_numbers() -> None:
    fixed, likely = Recogniser([])("13800001001")
    assert ([found.entity for found in fixed], likely) == (["phone"], [])


def test_marks_and_spans_are_each_others_inverse() -> None:
    text = "我叫王小明住北京"
    entities = [{"entity": "person_name", "start": 2, "end": 5}, {"entity": "city", "start": 6, "end": 8}]
    found = spans_of(text, tags_of(text, entities))
    assert found == [Found("person_name", 2, 5), Found("city", 6, 8)]


def test_marked_white_space_and_commas_at_the_edges_are_left_out() -> None:
    assert spans_of("王，", ["B-person_name", "I-person_name"]) == [Found("person_name", 0, 1)]
    assert spans_of(" 王 ", ["B-person_name", "I-person_name", "I-person_name"]) == [
        Found("person_name", 1, 2)
    ]
    assert spans_of("  ", ["B-city", "I-city"]) == []


def test_every_character_has_its_features() -> None:
    text = "我 的😀"
    assert len(features(text, Segmenter().words(text), [], [], "inform")) == len(text)


def test_the_longest_listed_word_is_found() -> None:
    lexicon = Lexicon({"event": ["骨折", "右腿骨折"], "document": ["保单"], "endorsement_item": ["保单"]})
    assert lexicon.find("右腿骨折要保單吗骨") == [
        Found("event", 0, 4),
        Found("document+endorsement_item", 5, 7),
    ]


def test_a_sure_number_beats_the_model_and_the_model_beats_a_likely_date() -> None:
    number, wrong = Found("phone", 0, 11), Found("person_name", 9, 12)
    event, date = Found("event", 20, 25), Found("date", 24, 27)
    later = Found("date", 30, 32)
    assert joined([number], [event, wrong], [date, later]) == [number, event, later]


@pytest.mark.parametrize(
    ("text", "span", "says"),
    [
        ("我叫王小明 ", Span("person_name", 2, 6), "begins or ends with white space"),
        ("我叫王小明", Span("person_name", 2, 9), "outside the text"),
        ("我叫王小明", Span("person_name", 2, 2), "outside the text"),
        ("电话13800001001", Span("phone", 2, 10), "is recognised as phone '13800001001'"),
        ("电话13800001001", Span("id_number", 2, 13), "is recognised as phone '13800001001'"),
    ],
)
def test_an_annotation_that_cannot_come_back_is_named(text: str, span: Span, says: str) -> None:
    (complaint,) = lost_spans(text, [span])
    assert says in complaint


def test_overlapping_annotations_are_named_and_good_ones_are_not() -> None:
    assert lost_spans("住北京朝阳", [Span("city", 1, 3), Span("address", 1, 5)]) != []
    assert lost_spans("住北京，电话13800001001", [Span("city", 1, 3), Span("phone", 6, 17)]) == []


def test_similar_sentences_are_near() -> None:
    near, far, base = encode(["保单借款怎么办", "今天下雨吗", "保單貸款怎麼辦理"])
    assert base.shape == (DIMENSIONS,)
    assert base @ near > base @ far + 0.2


def test_ngrams_see_past_spaces_and_digits() -> None:
    assert prepared("保 单12345 和99") == prepared("保单6和1") == "^保单0和0$"


def _random_features(rows: int, seed: int) -> Features:
    chance = np.random.default_rng(seed)
    blocks = [chance.random((rows, size)) for size in (6, 4)]
    unit = [block / np.linalg.norm(block, axis=1, keepdims=True) for block in blocks]
    return Features(csr_matrix(unit[0].astype(np.float32)), unit[1].astype(np.float32))


def test_likeness_is_one_for_the_same_and_less_for_others() -> None:
    features = _random_features(5, seed=0)
    likeness = Likeness(share=0.7, curvature=2.0).between(features, features)
    np.testing.assert_allclose(np.diag(likeness), 1.0, rtol=1e-5)
    assert (likeness[~np.eye(5, dtype=bool)] < 1).all()
    cosine = (
        0.7 * features.dense[0] @ features.dense[1] + 0.3 * (features.sparse[0] @ features.sparse[1].T)[0, 0]
    )
    assert likeness[0, 1] == pytest.approx(np.exp(2.0 * (cosine - 1)), rel=1e-5)


def test_the_kernel_model_is_scikit_learns_kernel_ridge() -> None:
    from sklearn.kernel_ridge import KernelRidge

    features, unseen = _random_features(40, seed=1), _random_features(7, seed=2)
    labels, likeness = [str(number % 3) for number in range(40)], Likeness(share=0.5, curvature=1.5)
    model = fit(features, labels, likeness, ridge=0.3)
    theirs = KernelRidge(alpha=0.3, kernel="precomputed").fit(
        likeness.between(features, features), np.eye(3)[[int(label) for label in labels]]
    )
    scores = theirs.predict(likeness.between(unseen, features))
    expected = np.exp(5 * scores) / np.exp(5 * scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.chances(unseen, sharpness=5.0), expected, atol=1e-3)


def test_encoding_side_by_side_leaves_the_processors_to_others() -> None:
    """Training solves the kernel after it, in half the time with both."""
    from threadpoolctl import threadpool_info

    before = [pool["num_threads"] for pool in threadpool_info()]
    vectors = encode([f"第{number}次来问保单" for number in range(400)])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-4)
    assert [pool["num_threads"] for pool in threadpool_info()] == before
