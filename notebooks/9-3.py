# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown] lang="en"
# # 9-3 LSTM and GRU
#
# Both from their equations, their gates looked at word by word, and the book's models
# trained. Without IMDB it runs on the sample.

# %% [markdown] lang="ko"
# # 9-3 LSTM과 GRU 셀
#
# 두 셀을 식에서부터 만들어 보고, 게이트를 단어마다 들여다보고, 책의 모델을 훈련합니다. IMDB를
# 구할 수 없으면 이 프로젝트가 만든 예제 리뷰로 실행합니다.

# %%
import keras
import numpy as np
from keras import ops

import chapter9
import models
from before_keras.language import spoken
from before_keras.settings import Settings
from chapter9 import data, lessons
from chapter9.figures import learning_curve, memory, replayed
from chapter9.inference.evaluation import evaluate
from chapter9.lessons import section_9_3 as exercises
from chapter9.run_folder.run import Run
from chapter9.training.train import train
from verification.replay import replay

WORDS, TIMESTEPS = 500, 100
EPOCHS = 4  # at most; the book has 100, and early stopping
np.set_printoptions(precision=4, suppress=True)
keras.utils.set_random_seed(42)

# %% [markdown] lang="en"
# ## LSTM, from its equations
#
# Beside the hidden state $h_t$ goes a cell state $c_t$. Three gates between 0 and 1
# decide: $i_t$ what is added to it, $f_t$ what is kept of it, $o_t$ what is shown of it.
# The candidate $g_t$ is what might be added.

# %% [markdown] lang="ko"
# ## LSTM의 식
#
# 은닉 상태 $h_t$ 옆에 셀 상태 $c_t$가 하나 더 있습니다. 0과 1 사이의 값인 게이트 세 개가 셀
# 상태를 다룹니다. $i_t$(입력 게이트)는 무엇을 더할지, $f_t$(삭제 게이트)는 무엇을 남길지,
# $o_t$(출력 게이트)는 무엇을 내보일지 정합니다. $g_t$는 더할 후보입니다.


# %%
def sigmoid(z):
    """1 / (1 + e^-z)."""
    return 1 / (1 + np.exp(-z))


def lstm_step(x_t, h, c, W_x, W_h, b):
    """One timestep: h and c after it."""
    z_i, z_f, z_g, z_o = np.split(x_t @ W_x + h @ W_h + b, 4)
    i, f, g, o = sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)
    c = f * c + i * g
    return o * np.tanh(c), c


x = np.random.default_rng(0).normal(size=(1, 4, 3)).astype("float32")
layer, builtin = chapter9.LSTM(2), keras.layers.LSTM(2)
for one in (layer, builtin):
    one.build(x.shape)
builtin.set_weights(layer.get_weights())

h = c = np.zeros(2)
for t, x_t in enumerate(x[0], start=1):
    h, c = lstm_step(x_t, h, c, *layer.get_weights())
    print(f"t={t}: c = {c}, h = {h}")
print(*ops.convert_to_numpy(layer(x)), *ops.convert_to_numpy(builtin(x)))
assert np.allclose(h, layer(x), atol=1e-5) and np.allclose(h, builtin(x), atol=1e-5)

# %% [markdown] lang="en"
# Each of i, f, g and o has the parameters of a SimpleRNN, so there are four times as
# many.

# %% [markdown] lang="ko"
# i, f, g, o가 각각 SimpleRNN만큼의 모델 파라미터를 가지므로 모두 네 배입니다.

# %%
chapter9.explain_parameters(models.build("lstm"), spoken())

# %% [markdown] lang="en"
# **Exercises.** How many parameters has `LSTM(5)` if a word is 6 numbers? And if all
# kernels are 0 and the biases are those that Keras begins with, what are i, f, g and o,
# to two decimals? Answer with `{"i": ..., "f": ..., "g": ..., "o": ...}`.

# %% [markdown] lang="ko"
# **연습 문제.** 단어 하나가 숫자 6개라면 `LSTM(5)`의 모델 파라미터는 몇 개일까요? 그리고
# 가중치가 모두 0이고 절편은 케라스의 초깃값 그대로라면 i, f, g, o는 얼마일까요? 소수 둘째
# 자리까지 `{"i": ..., "f": ..., "g": ..., "o": ...}`로 답하세요.

# %%
exercises.lstm_parameters(...)

# %%
exercises.untrained_gates(...)

# %% [markdown] lang="en"
# ## Why it remembers
#
# On its way back the gradient of the cell state is multiplied by $f_t$, and a forget gate
# near 1 lets it through. In SimpleRNN it is multiplied by $W_h$ and the slope of tanh.

# %% [markdown] lang="ko"
# ## 왜 오래 기억하는가
#
# 셀 상태의 그레이디언트는 거슬러 가면서 $f_t$와 곱해집니다. 삭제 게이트가 1에 가까우면 거의
# 그대로 지나갑니다. SimpleRNN에서는 $W_h$와 tanh의 기울기가 곱해집니다.

# %%
for f in (0.5, 0.731, 0.9, 0.99):
    print(f"f = {f}:", *(f"{f**t:.2g}" for t in (1, 10, 100)))

# %% [markdown] lang="en"
# **Exercise.** All weights are 0 but for the forget gate's bias. Which bias leaves half of
# $c_0$ after 100 words?

# %% [markdown] lang="ko"
# **연습 문제.** 삭제 게이트의 절편을 뺀 모든 가중치가 0입니다. 단어 100개를 지난 뒤에 $c_0$의
# 절반이 남으려면 절편은 얼마여야 할까요?

# %%
exercises.half_life(...)

# %% [markdown] lang="en"
# ## GRU
#
# One state, two gates: $z_t$ decides how much of $h_{t-1}$ is kept, $r_t$ how much of it
# the candidate $g_t$ sees. Keras's GRU has two biases, one for $x_t$ and one for
# $h_{t-1}$ (`reset_after=True`), which is why GRU(8) has 624 parameters and not 600.

# %% [markdown] lang="ko"
# ## GRU
#
# 상태는 하나, 게이트는 둘입니다. $z_t$(업데이트 게이트)는 $h_{t-1}$을 얼마나 남길지, $r_t$(리셋
# 게이트)는 후보 $g_t$가 그것을 얼마나 볼지 정합니다. 케라스의 GRU에는 절편이 $x_t$ 쪽과
# $h_{t-1}$ 쪽에 한 벌씩 있습니다(`reset_after=True`). 그래서 GRU(8)의 모델 파라미터는 600개가
# 아니라 624개입니다.


# %%
def gru_step(x_t, h, W_x, W_h, b):
    """One timestep: h after it."""
    p_z, p_r, p_g = np.split(x_t @ W_x + b[0], 3)
    q_z, q_r, q_g = np.split(h @ W_h + b[1], 3)
    z, r = sigmoid(p_z + q_z), sigmoid(p_r + q_r)
    g = np.tanh(p_g + r * q_g)
    return z * h + (1 - z) * g


layer, builtin = chapter9.GRU(2), keras.layers.GRU(2)
for one in (layer, builtin):
    one.build(x.shape)
builtin.set_weights(layer.get_weights())
h = np.zeros(2)
for x_t in x[0]:
    h = gru_step(x_t, h, *layer.get_weights())
print(h, *ops.convert_to_numpy(layer(x)), *ops.convert_to_numpy(builtin(x)))
assert np.allclose(h, layer(x), atol=1e-5) and np.allclose(h, builtin(x), atol=1e-5)

for reset_after in (True, False):
    layer = keras.layers.GRU(8, reset_after=reset_after)
    layer.build((None, TIMESTEPS, 16))
    print(f"reset_after={reset_after}: {layer.count_params()}")

# %% [markdown] lang="en"
# **Exercise.** How many parameters has `GRU(5)` if a word is 6 numbers?

# %% [markdown] lang="ko"
# **연습 문제.** 단어 하나가 숫자 6개라면 `GRU(5)`의 모델 파라미터는 몇 개일까요?

# %%
exercises.gru_parameters(...)

# %% [markdown] lang="en"
# ## The models, trained
#
# An LSTM, a GRU with dropout, two LSTM layers with dropout, and the SimpleRNN of 9-2 to
# compare them with. Dropout adds no parameters. The first layer of the stack returns its
# hidden state at every timestep.

# %% [markdown] lang="ko"
# ## 모델 훈련하기
#
# LSTM, 드롭아웃을 쓴 GRU, 드롭아웃을 쓴 LSTM 층 2개, 그리고 비교할 9-2절의 SimpleRNN입니다.
# 드롭아웃은 모델 파라미터를 늘리지 않습니다. 층을 2개 쌓을 때 첫 번째 층은 타임스텝마다 은닉
# 상태를 출력합니다.

# %%
corpus = data.load()
print(corpus.note or corpus.name)


def trained(name):
    """Trains a model of the chapter; returns its run folder and the best model."""
    options = {"model": name, "cells": 8, "edition": 2, "epochs": EPOCHS}
    backend = keras.backend.backend()
    run = Run.create(None, Settings(**options, backend=backend), corpus)
    keras.utils.set_random_seed(run.settings.seed)
    model = models.new(run)
    train(model, corpus, run, verbose=2)
    return run, model


runs = {name: trained(name) for name in ("embedding", "lstm", "gru", "lstm-2-layers")}

# %%
lessons.picture(
    learning_curve.draw,
    [
        learning_curve.curve(name, run.history(), run.settings, corpus.name)
        for name, (run, _) in runs.items()
    ],
)

# %%
test = data.prepare(corpus.test, TIMESTEPS, WORDS)
for name, (_, model) in runs.items():
    found = evaluate(model, test)
    print(name, model.count_params(), f"{found.loss:.4f} {found.accuracy:.4f}")

# %% [markdown] lang="en"
# How far back each output depends on its input. After so few epochs the pictures say so
# themselves; train longer (`EPOCHS`) for a fair comparison.

# %% [markdown] lang="ko"
# 출력이 얼마나 앞의 입력까지 영향을 받는지 그린 그림입니다. 에포크가 적으면 그림에 그렇다고
# 적힙니다. 제대로 비교하려면 `EPOCHS`를 늘려 더 오래 훈련하세요.

# %%
lessons.picture(
    memory.draw,
    [
        (name, memory.memory(runs[name][1], test.x[:500], runs[name][0].history()))
        for name in ("embedding", "lstm")
    ],
)

# %% [markdown] lang="en"
# ## The gates, word by word
#
# `states_and_gates` gives h, c and every gate of every timestep. Below is the mean over
# the 8 neurons for each word of a review.

# %% [markdown] lang="ko"
# ## 단어마다 게이트 들여다보기
#
# `states_and_gates`는 타임스텝마다 h, c와 게이트의 값을 모두 돌려줍니다. 아래는 리뷰의 단어마다
# 뉴런 8개의 평균을 낸 것입니다.

# %%
review = "the film is not bad but good"
tokens = corpus.vocabulary.encode(review, WORDS)
padded = np.array([[0] * (TIMESTEPS - len(tokens)) + tokens])
embed, lstm, output = runs["lstm"][1].layers
values = lstm.states_and_gates(embed(padded))
means = {
    name: ops.convert_to_numpy(value)[0, -len(tokens) :].mean(axis=-1)
    for name, value in values.items()
}
print(f"{'':10}", *(f"{name:>6}" for name in means))
for t, word in enumerate(["", *review.split()]):
    print(f"{word:10}", *(f"{mean[t]:6.2f}" for mean in means.values()))

# %% [markdown] lang="en"
# **Exercise.** Words of 16 numbers go into `LSTM(4, return_sequences=True)`, its output
# into `LSTM(6)`. How many parameters has the second layer?

# %% [markdown] lang="ko"
# **연습 문제.** 단어 하나가 숫자 16개이고 `LSTM(4, return_sequences=True)`의 출력이
# `LSTM(6)`으로 들어갑니다. 두 번째 층의 모델 파라미터는 몇 개일까요?

# %%
exercises.second_layer(...)

# %% [markdown] lang="en"
# ## The author's LSTM, had again
#
# The 2nd edition's notebook sets its seed, so that its training can be had again: the
# same layers in the same order, the same order of reviews. This needs IMDB and
# TensorFlow. Other models: `python verify.py --replay gru` and so on.

# %% [markdown] lang="ko"
# ## 지은이의 LSTM을 똑같이 다시
#
# 2판의 노트북은 시드를 정해 두었으므로 지은이의 훈련을 똑같이 다시 할 수 있습니다. 층을 만드는
# 순서와 리뷰의 순서까지 같게 합니다. IMDB와 텐서플로가 필요합니다. 다른 모델은
# `python verify.py --replay gru`처럼 합니다.

# %%
replays = []
if corpus.name == "imdb" and keras.backend.backend() == "tensorflow":
    replays.append(replay("lstm", corpus))
for again in replays:
    pairs = zip(again.his.history["val_loss"], again.history["val_loss"], strict=False)
    for epoch, (his, here) in enumerate(pairs, start=1):
        print(f"{epoch:2} {his:.4f} {here:.4f}")

# %%
(
    lessons.picture(replayed.draw, [(one.his, one.history) for one in replays])
    if replays
    else corpus.note or f"{corpus.name}, {keras.backend.backend()}"
)
