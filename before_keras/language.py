"""English and Korean: what is said, in the language of its reader.

A message stands in English where it arises, as _("... {name}").format(name=name); its
Korean stands in locale/ko/LC_MESSAGES/chapter9.po. This is GNU gettext: argparse says
its own messages through it as well. `make messages` collects and compiles them.
"""

import gettext
import os
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

LANGUAGES = ("en", "ko")
DOMAIN, FOLDER = "chapter9", Path(__file__).parent / "locale"
VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")  # in gettext's order

_spoken = "en"


def use(language: str) -> None:
    """Says everything from here on in "en" or "ko"."""
    global _spoken
    _spoken = language
    os.environ["LANGUAGE"] = language  # for argparse and for child processes
    gettext.bindtextdomain(DOMAIN, str(FOLDER))
    gettext.textdomain(DOMAIN)


def spoken() -> str:
    """Returns the language in use, "en" or "ko"."""
    return _spoken


def of_the_locale() -> str:
    """Returns the first language here that the environment asks for, else "en"."""
    named = next(filter(None, map(os.environ.get, VARIABLES)), None) or _of_windows()
    asked = (name[:2].lower() for name in named.split(":"))
    return next((language for language in asked if language in LANGUAGES), "en")


def _of_windows() -> str:
    """Korean_Korea and the like, where no variable names the language."""
    import locale

    return locale.getlocale()[0] or ""


def _(message: str) -> str:
    """Returns a message in the language in use."""
    return _catalog(_spoken).gettext(message)


@lru_cache(maxsize=2)
def _catalog(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, str(FOLDER), [language], fallback=True)


class Text(NamedTuple):
    """A sentence in both languages."""

    en: str
    ko: str

    def in_language(self, language: str) -> str:
        """Returns the sentence in "en" or "ko"."""
        return getattr(self, language)


# The words that tables share: headings, marks, values, and the names of parameters.
KOREAN = {
    "section": "절",
    "claim": "내용",
    "book": "책",
    "formula": "계산식",
    "custom layer": "직접 구현한 층",
    "built-in layer": "케라스 층",
    "mark": "판정",
    "ok": "맞음",
    "FAIL": "틀림",
    "skipped: no data": "건너뜀: 데이터 없음",
    "skipped: the author printed none": "건너뜀: 지은이의 결과가 없음",
    "each": "각각",
    "no built-in": "케라스에는 없음",
    "no custom layer": "직접 만든 층에는 없음",
    "skipped": "건너뜀",
    "not known": "모르는 층",
    "equal": "같음",
    "no": "아니요",
    "sometimes": "때때로",
    "dense, convolution, recurrent": "완전 연결, 합성곱, 순환",
    "within its kernel": "커널 안에서만",
    "yes": "예",
    "activation": "활성화 출력",
    "feature map": "특성 맵",
    "another output": "다른 출력",
    "NumPy loop": "넘파이 반복문",
    "NumPy": "넘파이",
    "computed": "계산한 값",
    "p. 486-497": "486-497쪽",
    "(samples, units)": "(샘플, 뉴런)",
    "(samples, timesteps, units)": "(샘플, 타임스텝, 뉴런)",
    "as in 9-1": "9-1절과 같음",
    "negative": "부정",
    "positive": "긍정",
    "label": "타깃",
    "label \\ predicted": "타깃 \\ 예측",
    "reviews": "리뷰",
    "precision": "정밀도",
    "recall": "재현율",
    "validation": "검증 세트",
    "test set": "테스트 세트",
    "loss": "손실",
    "accuracy": "정확도",
    "best epoch": "최상의 에포크",
    "epochs run": "훈련한 에포크",
    "seed": "시드",
    "did not learn": "배우지 못함",
    "min": "최소",
    "median": "중앙값",
    "max": "최대",
    "layer": "층",
    "output shape": "출력 크기",
    "parameters": "모델 파라미터",
    "term": "항목",
    "total": "합계",
    "trainable": "훈련되는 모델 파라미터",
    "non-trainable": "훈련되지 않는 모델 파라미터",
    "not known if trainable": "훈련되는지 알 수 없는 모델 파라미터",
    "(non-trainable)": "(훈련되지 않음)",
    "no parameters": "모델 파라미터 없음",
    "kernel": "가중치",
    "recurrent kernel": "순환 가중치",
    "bias": "절편",
    "embeddings": "임베딩 벡터",
    "input gate": "입력 게이트",
    "forget gate": "삭제 게이트",
    "candidate": "후보",
    "cell state": "셀 상태",
    "hidden state": "은닉 상태",
    "output gate": "출력 게이트",
    "update gate": "업데이트 게이트",
    "reset gate": "리셋 게이트",
    "forward": "정방향",
    "backward": "역방향",
    "gamma": "감마(gamma)",
    "beta": "베타(beta)",
    "scale": "스케일",
    "mean": "평균",
    "variance": "분산",
    "count": "개수",
    "moving mean": "이동 평균",
    "moving variance": "이동 분산",
    "moving stddev": "이동 표준 편차",
    "renorm mean": "재정규화 평균",
    "renorm stddev": "재정규화 표준 편차",
    "vector u": "벡터 u",
    "lora kernel a": "LoRA 가중치 a",
    "lora kernel b": "LoRA 가중치 b",
    "lora embeddings a": "LoRA 임베딩 벡터 a",
    "lora embeddings b": "LoRA 임베딩 벡터 b",
    "query kernel": "쿼리 가중치",
    "query bias": "쿼리 절편",
    "key kernel": "키 가중치",
    "key bias": "키 절편",
    "gate kernel": "게이트 가중치",
    "gate bias": "게이트 절편",
    "value kernel": "값 가중치",
    "value bias": "값 절편",
    "output kernel": "출력 가중치",
    "output bias": "출력 절편",
    "depthwise kernel": "깊이별 가중치",
    "pointwise kernel": "점별 가중치",
}


def word(english: str, language: str) -> str:
    """Returns a table's word in "en" or "ko"; a number or a name stays as it is."""
    return KOREAN.get(english, english) if language == "ko" else english
