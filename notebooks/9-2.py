# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown] lang="en"
# # 9-2 Classifying IMDB reviews with a recurrent network
#
# What the section does, without its array of several GB: tokens, padding, one-hot
# encoding, word embedding. Then what it leaves out: the test set, and a review of your
# own. Without IMDB it runs on the sample, reviews that this project generates.

# %% [markdown] lang="ko"
# # 9-2 순환 신경망으로 IMDB 리뷰 분류하기
#
# 절의 내용을 몇 GB짜리 배열 없이 그대로 따라갑니다. 토큰, 패딩, 원-핫 인코딩, 단어 임베딩을
# 차례로 보고, 책에 없는 테스트 세트 평가와 내가 쓴 리뷰까지 해 봅니다. IMDB를 구할 수 없으면
# 이 프로젝트가 만든 예제 리뷰로 실행합니다.

# %%
import keras
import numpy as np

import chapter9
import models
from before_keras.language import spoken
from before_keras.settings import Settings
from chapter9 import data, lessons, page
from chapter9.data.text import FIRST_WORD
from chapter9.figures import hidden_states, learning_curve, lengths
from chapter9.inference.evaluation import evaluate
from chapter9.inference.prediction import predict
from chapter9.lessons import section_9_2 as exercises
from chapter9.run_folder.run import Run
from chapter9.training.train import train

WORDS, TIMESTEPS = 500, 100
EDITION = 2  # trains with adam; 1 has RMSprop(1e-4) and needs more epochs
EPOCHS = 8  # at most; the book has 100, and early stopping

# %% [markdown] lang="en"
# ## The reviews
#
# A review is a list of tokens, a label is 1 for positive and 0 for negative.

# %% [markdown] lang="ko"
# ## 리뷰
#
# 리뷰는 토큰의 리스트이고, 타깃은 긍정이면 1, 부정이면 0입니다.

# %%
corpus = data.load()
print(corpus.note or corpus.name)
print(len(corpus.training), len(corpus.test))
print(corpus.training.lengths[:2])
print(corpus.training[0][:20])
print(corpus.training.labels[:20])

# %% [markdown] lang="en"
# Token 0 is padding, 1 begins a review, 2 stands for a word that is unknown or too rare,
# 3 is unused. The most frequent word has token 4, so a word's token is its rank + 3.
# With `num_words=500` every token from 500 on becomes 2.

# %% [markdown] lang="ko"
# 토큰 0은 패딩, 1은 리뷰의 시작, 2는 모르거나 드문 단어, 3은 쓰지 않는 번호입니다. 가장 자주
# 나오는 단어가 4번이므로 단어의 토큰은 빈도 순위에 3을 더한 값입니다. `num_words=500`이면
# 500번부터는 모두 2가 됩니다.

# %%
vocabulary = corpus.vocabulary
for token, word in enumerate(vocabulary.words[:5], start=FIRST_WORD):
    print(token, word)
first = corpus.training[0]
print(vocabulary.decode(first)[:300])
print(vocabulary.decode(np.where(first < WORDS, first, 2))[:300])

# %% [markdown] lang="en"
# **Exercise.** Give the tokens of the review "the film is good" as a list. A word's rank
# is its place in `vocabulary.words`, from 1.

# %% [markdown] lang="ko"
# **연습 문제.** 리뷰 "the film is good"의 토큰을 리스트로 답하세요. 단어의 순위는
# `vocabulary.words`에서 몇 번째인지이고, 1부터 셉니다.

# %%
exercises.tokens(..., vocabulary=vocabulary, words=WORDS)

# %% [markdown] lang="en"
# ## Split and lengths
#
# 20,000 reviews to train on, 5,000 to validate on, the same ones as the book's
# `train_test_split(test_size=0.2, random_state=42)`.

# %% [markdown] lang="ko"
# ## 나누기와 길이
#
# 20,000개로 훈련하고 5,000개로 검증합니다. 책의
# `train_test_split(test_size=0.2, random_state=42)`와 똑같이 나눕니다.

# %%
lessons.picture(lengths.draw, lengths.review_lengths(corpus.training), corpus.name)

# %% [markdown] lang="en"
# ## Padding
#
# Every review is made 100 tokens long. Of a longer one the last 100 are kept, because a
# verdict often stands at the end. A shorter one gets zeros in front, so that the words
# come last and the hidden state has them fresh. The network does compute on the zeros:
# its hidden state is no longer 0 when the first word arrives.

# %% [markdown] lang="ko"
# ## 패딩
#
# 리뷰를 모두 토큰 100개로 맞춥니다. 더 길면 마지막 100개를 남깁니다. 평가하는 말은 끝에 나올
# 때가 많기 때문입니다. 더 짧으면 앞에 0을 채웁니다. 그래야 단어가 마지막에 와서 은닉 상태에
# 잘 남아 있습니다. 신경망은 0도 계산합니다. 그래서 첫 단어가 들어올 때 은닉 상태는 이미 0이
# 아닙니다.

# %%
training, validation = data.split(corpus, TIMESTEPS, WORDS)
short = int(np.argmin(corpus.training.lengths))
print(corpus.training.crop_and_pad(TIMESTEPS, WORDS)[short])
print(training.x.shape, training.y.shape, validation.x.shape)

# %% [markdown] lang="en"
# **Exercise.** With 6 timesteps, what becomes of the reviews `[1, 14, 22, 16]` and
# `[1, 5, 6, 7, 8, 9, 10, 11]`? Answer with a list of two lists.

# %% [markdown] lang="ko"
# **연습 문제.** 타임스텝이 6개라면 리뷰 `[1, 14, 22, 16]`과 `[1, 5, 6, 7, 8, 9, 10, 11]`은
# 어떻게 될까요? 리스트 두 개를 담은 리스트로 답하세요.

# %%
exercises.padded(...)

# %% [markdown] lang="en"
# ## One-hot encoding
#
# A token as a row of 500 numbers, all 0 but for a 1. As rows the reviews are 500 times as
# many numbers. But a one-hot row times $W_x$ is a row of $W_x$, so this project's layer
# looks that row up (`num_tokens`) and never builds the array.

# %% [markdown] lang="ko"
# ## 원-핫 인코딩
#
# 토큰 하나를 숫자 500개로 나타내고, 그중 하나만 1입니다. 이렇게 하면 숫자가 500배로
# 늘어납니다. 그런데 원-핫 벡터에 $W_x$를 곱하면 $W_x$의 한 행이 나옵니다. 그래서 이 프로젝트의
# 층은 그 행을 바로 찾고(`num_tokens`) 배열은 만들지 않습니다.

# %%
some = training.x[:4]
rows = np.eye(WORDS, dtype="float32")[some]
print(f"{some.nbytes:,} -> {rows.nbytes:,}")

looks_up = chapter9.SimpleRNN(8, num_tokens=WORDS)
looks_up.build(some.shape)
multiplies = keras.layers.SimpleRNN(8)
multiplies.build(rows.shape)
multiplies.set_weights(looks_up.get_weights())
assert np.allclose(looks_up(some), multiplies(rows), atol=1e-5)

# %% [markdown] lang="en"
# **Exercise.** How many bytes would 25,000 reviews of 100 tokens below 300 have, as
# one-hot rows of float32?

# %% [markdown] lang="ko"
# **연습 문제.** 토큰 100개짜리 리뷰 25,000개를 단어 300개의 원-핫 벡터(float32)로 바꾸면 모두
# 몇 바이트일까요?

# %%
exercises.one_hot_bytes(...)

# %% [markdown] lang="en"
# ## A model, trained
#
# The book's model: 8 neurons, one sigmoid neuron as the output. An epoch is compiled as
# one program, which does what `model.fit` does, only faster. Early stopping ends the
# training after 3 epochs without a better validation loss, and the best model is kept.

# %% [markdown] lang="ko"
# ## 모델 훈련하기
#
# 책의 모델입니다. 뉴런 8개에 출력층은 시그모이드 뉴런 하나입니다. 에포크 하나를 프로그램
# 하나로 컴파일하므로 `model.fit`과 같은 일을 더 빨리 합니다. 검증 손실이 세 에포크 동안
# 나아지지 않으면 조기 종료하고, 최상의 모델을 남깁니다.

# %%
chapter9.explain_parameters(models.build("one-hot", cells=8), spoken())


# %%
def trained(name):
    """Trains a model of the chapter; returns its run folder and the best model."""
    options = {"model": name, "cells": 8, "edition": EDITION, "epochs": EPOCHS}
    backend = keras.backend.backend()
    run = Run.create(None, Settings(**options, backend=backend), corpus)
    keras.utils.set_random_seed(run.settings.seed)
    model = models.new(run)
    train(model, corpus, run, verbose=2)
    return run, model


one_hot_run, one_hot = trained("one-hot")

# %% [markdown] lang="en"
# **Exercise.** How many parameters has a model of `SimpleRNN(6)` on one-hot rows of 400
# words with one output neuron?

# %% [markdown] lang="ko"
# **연습 문제.** 단어 400개의 원-핫 벡터를 받는 `SimpleRNN(6)`에 출력 뉴런이 하나 있는 모델의
# 모델 파라미터는 몇 개일까요?

# %%
exercises.model_parameters(...)

# %% [markdown] lang="en"
# ## Word embedding
#
# Each token gets 16 numbers of its own, which are learned: a table of 500 x 16. Similar
# words can end up with similar numbers, which no one-hot row can.

# %% [markdown] lang="ko"
# ## 단어 임베딩
#
# 토큰마다 숫자 16개를 주고, 이 숫자도 훈련합니다. 크기가 500 x 16인 표입니다. 뜻이 비슷한
# 단어는 비슷한 숫자를 갖게 될 수 있습니다. 원-핫 벡터로는 그럴 수 없습니다.

# %%
embedding_run, embedding = trained("embedding")
chapter9.explain_parameters(embedding, spoken())

# %%
lessons.picture(
    learning_curve.draw,
    [
        learning_curve.curve(name, run.history(), run.settings, corpus.name)
        for name, run in (("one-hot", one_hot_run), ("embedding", embedding_run))
    ],
)

# %% [markdown] lang="en"
# ## What the section leaves out: the test set
#
# The validation set has chosen the best epoch, so its accuracy flatters. The test set has
# chosen nothing. The matrix counts reviews by label (row) and prediction (column).

# %% [markdown] lang="ko"
# ## 책에 없는 테스트 세트 평가
#
# 최상의 에포크를 검증 세트로 골랐으니 검증 정확도는 실제보다 좋게 나옵니다. 테스트 세트로는
# 아무것도 고르지 않았습니다. 아래 행렬은 타깃(행)과 예측(열)별로 리뷰를 센 것입니다.

# %%
test = data.prepare(corpus.test, TIMESTEPS, WORDS)
for name, model in (("one-hot", one_hot), ("embedding", embedding)):
    found = evaluate(model, test)
    print(f"{name}: loss {found.loss:.4f}, accuracy {found.accuracy:.4f}")
    print(found.confusion)

# %% [markdown] lang="en"
# ## A review of your own
#
# In English, because the vocabulary is. Words outside the first 500 tokens are in
# brackets.

# %% [markdown] lang="ko"
# ## 내가 쓴 리뷰
#
# 어휘 사전이 영어이므로 영어로 써 주세요. 모델이 모르는 드문 단어는 대괄호로 묶어 보여 줍니다.

# %%
reviews = ["the film is not bad but good", "the film is not good but bad"]
for said in predict(embedding, vocabulary, reviews, TIMESTEPS, WORDS):
    print(said.line())

# %%
lessons.picture(
    hidden_states.draw,
    hidden_states.word_states(embedding, vocabulary, reviews[0], TIMESTEPS, WORDS),
)

# %% [markdown] lang="en"
# **Exercise.** Write a review with the word "good" that the model calls negative.

# %% [markdown] lang="ko"
# **연습 문제.** "good"이라는 단어가 들어 있는데도 모델이 부정으로 판단하는 리뷰를 써 보세요.

# %%
exercises.contradict(..., model=embedding, vocabulary=vocabulary, words=WORDS)

# %% [markdown] lang="en"
# The page, with your two models in it: type a review, step through its words, click a
# neuron for its equation.

# %% [markdown] lang="ko"
# 방금 훈련한 두 모델이 든 웹 페이지입니다. 리뷰를 써 넣고 단어를 하나씩 넘겨 보세요. 뉴런을
# 누르면 계산식이 나옵니다.

# %%
lessons.page(
    [
        page.run_data(run, model)
        for run, model in ((embedding_run, embedding), (one_hot_run, one_hot))
    ]
)
