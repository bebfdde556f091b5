"""Refusals: two whole sentences of one meaning."""

import string

import pytest

from domain.refusals import Code, refuse
from domain.sentences import SENTENCES


def _blanks(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_code_has_its_sentence_and_every_sentence_its_code() -> None:
    assert set(SENTENCES) == {code.value for code in Code}


@pytest.mark.parametrize("code", Code)
def test_both_languages_tell_the_same_facts(code: Code) -> None:
    zh, en = SENTENCES[code.value]
    assert _blanks(zh) == _blanks(en)


@pytest.mark.parametrize("code", Code)
def test_a_sentence_ends_as_one_and_says_what_to_do_in_chinese_punctuation(code: Code) -> None:
    zh, en = SENTENCES[code.value]
    assert zh.endswith("。")
    assert en.endswith(".")
    assert not set("?!;()") & set(zh.split("suyuan")[0])


def test_a_fact_in_two_languages_fills_each_sentence_in_its_own() -> None:
    refusal = refuse(Code.NOT_AUTHORISED, who="P1", need_zh="要签名", need_en="sign it")
    assert refusal.zh == "P1 不能做这件事：要签名。"
    assert refusal.en == "P1 may not say this: sign it."


def test_braces_in_a_fact_are_just_text() -> None:
    refusal = refuse(Code.UNKNOWN_PLACE, place="{place}{0}")
    assert "{place}{0}" in refusal.zh


def test_an_empty_cause_and_position_nought_are_none() -> None:
    refusal = refuse(Code.LEDGER_OPEN, cause="", position=0)
    assert (refusal.cause, refusal.position) == (None, None)
