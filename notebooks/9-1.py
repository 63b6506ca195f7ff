# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown] lang="en"
# # 9-1 Sequential data and recurrent neural networks
#
# To be read beside section 9-1 (p. 486-497) of 박해선, *혼자 공부하는 머신러닝+딥러닝*.
# Every claim of the section is something to run here, and to change. The exercises are
# cells with `...` in them: put your answer there and run the cell.

# %% [markdown] lang="ko"
# # 9-1 순차 데이터와 순환 신경망
#
# 박해선 님의 『혼자 공부하는 머신러닝+딥러닝』 9-1절(486~497쪽)을 펴 놓고 함께 보는
# 노트북입니다. 절에 나오는 내용을 하나씩 실행하고 값을 바꿔 봅니다. `...`이 있는 셀은 연습
# 문제입니다. 그 자리에 답을 넣고 실행하세요.

# %%
import keras
import numpy as np
from keras import ops

import chapter9
import models
from before_keras.language import spoken
from chapter9 import data, lessons
from chapter9.data.text import Vocabulary
from chapter9.figures import connections, shapes, unfolded
from chapter9.figures.anatomy import gradient
from chapter9.lessons import section_9_1 as exercises
from chapter9.training.compiled_epoch import train_epochs

np.set_printoptions(precision=4, suppress=True)
keras.utils.set_random_seed(42)

# %% [markdown] lang="en"
# ## One neuron, by hand
#
# A recurrent neuron computes $h_t = \tanh(x_t w_x + h_{t-1} w_h + b)$, with $h_0 = 0$.
# It sees one number at a time, and its own output of the timestep before.

# %% [markdown] lang="ko"
# ## 뉴런 하나를 손으로 계산하기
#
# 순환층의 뉴런은 $h_t = \tanh(x_t w_x + h_{t-1} w_h + b)$를 계산하고, $h_0 = 0$입니다.
# 숫자를 하나씩 받으면서, 바로 앞 타임스텝에 자기가 낸 출력도 함께 받습니다.

# %%
x = [1.0, 0.0, 0.0, 0.0]
w_x, w_h, b = 0.5, 0.9, 0.0

h = 0.0
for t, x_t in enumerate(x, start=1):
    z = x_t * w_x + h * w_h + b
    print(f"t={t}: tanh({x_t} * {w_x} + {h:.4f} * {w_h} + {b}) = {np.tanh(z):.4f}")
    h = np.tanh(z)

# %% [markdown] lang="en"
# The 1 came at the first timestep, and is still there at the fourth: that is the hidden
# state's memory. Set `w_h` to 0 and run it again: nothing is left of it.
#
# ## Why order matters
#
# The same three words in two orders. A dense network that sees each word alone and
# averages what it finds cannot tell them apart. A recurrent layer can.

# %% [markdown] lang="ko"
# 1은 첫 번째 타임스텝에 들어왔지만 네 번째까지 남아 있습니다. 은닉 상태가 기억하는
# 것입니다. `w_h`를 0으로 바꿔 다시 실행하면 아무것도 남지 않습니다.
#
# ## 순서가 중요한 까닭
#
# 같은 단어 세 개를 두 가지 순서로 놓습니다. 단어를 하나씩 따로 보고 평균을 내는 완전 연결
# 신경망은 둘을 구별하지 못합니다. 순환층은 구별합니다.

# %%
words = np.random.default_rng(0).normal(size=(3, 4)).astype("float32")
two_orders = np.stack([words[[0, 1, 2]], words[[2, 1, 0]]])

dense = keras.layers.Dense(2, activation="tanh")
print("dense    ", *ops.convert_to_numpy(ops.mean(dense(two_orders), axis=1)))
print("recurrent", *ops.convert_to_numpy(chapter9.SimpleRNN(2)(two_orders)))

# %% [markdown] lang="en"
# **Exercise.** "a b a c a" and "a c a b a" have the same words, and the same pairs of
# neighbours. Which of `"dense"`, `"convolution"` (with a kernel of 2) and `"recurrent"`
# tell them apart? Answer with a set, like `{"dense"}`.

# %% [markdown] lang="ko"
# **연습 문제.** "a b a c a"와 "a c a b a"는 단어도 같고, 이웃한 두 단어의 쌍도 같습니다.
# `"dense"`(완전 연결층), `"convolution"`(커널 크기 2인 합성곱층), `"recurrent"`(순환층) 중에
# 무엇이 둘을 구별할까요? `{"dense"}`처럼 집합으로 답하세요.

# %%
exercises.order(...)

# %% [markdown] lang="en"
# ## 24 parameters
#
# 4 inputs and 3 neurons. Every input goes to every neuron: $W_x$ is 4 x 3. Every
# neuron's hidden state goes to every neuron, not only to itself: $W_h$ is 3 x 3.

# %% [markdown] lang="ko"
# ## 모델 파라미터 24개
#
# 입력 4개, 뉴런 3개입니다. 입력마다 모든 뉴런으로 이어지므로 $W_x$는 4 x 3이고, 뉴런의 은닉
# 상태도 자기뿐 아니라 모든 뉴런으로 이어지므로 $W_h$는 3 x 3입니다.

# %%
model = models.build("weights")
lessons.picture(connections.draw, connections.connections(model))

# %%
chapter9.explain_parameters(model, spoken())

# %% [markdown] lang="en"
# The number of timesteps is nowhere in it: all timesteps share the weights. What if each
# had its own?

# %% [markdown] lang="ko"
# 이 계산 어디에도 타임스텝의 개수가 없습니다. 모든 타임스텝이 가중치를 공유하기 때문입니다.
# 타임스텝마다 가중치가 따로 있다면 어떻게 될까요?

# %%
for timesteps in (1, 4, 20, 100):
    layer = chapter9.SimpleRNN(3)
    layer.build((None, timesteps, 4))
    count = layer.count_params()
    print(f"{timesteps} timesteps: {count}, unshared {timesteps * count}")

# %% [markdown] lang="en"
# Unfolded over its timesteps, the network shows its one cell several times. What changes
# from cell to cell is the hidden state; the weights do not. (The weights here are the
# ones that Keras draws before any training.)

# %% [markdown] lang="ko"
# 타임스텝으로 펼치면 셀 하나를 여러 번 그리게 됩니다. 셀에서 셀로 가면서 바뀌는 것은 은닉
# 상태이고, 가중치는 바뀌지 않습니다. (그림의 가중치는 훈련하기 전에 케라스가 뽑은 값입니다.)

# %%
vocabulary = Vocabulary(["i", "am", "a", "boy"])
small = models.build("one-hot", words=8, cells=3)
lessons.picture(
    unfolded.draw, unfolded.unfold(small, vocabulary, "I am a boy", num_words=8)
)

# %% [markdown] lang="en"
# **Exercise.** How many parameters has `SimpleRNN(5)` if a word is 6 numbers?

# %% [markdown] lang="ko"
# **연습 문제.** 단어 하나가 숫자 6개라면 `SimpleRNN(5)`의 모델 파라미터는 몇 개일까요?

# %%
exercises.parameters(...)

# %% [markdown] lang="en"
# ## What goes in, and what comes out
#
# "I am a boy" with 3 numbers for each word: 1 sample, 4 timesteps, 3 features. The layer
# returns its last hidden state, unless `return_sequences=True` asks for all of them.

# %% [markdown] lang="ko"
# ## 무엇이 들어가고 무엇이 나오는가
#
# "I am a boy"의 단어를 숫자 3개씩으로 나타내면 샘플 1개, 타임스텝 4개, 특성 3개입니다.
# 순환층은 마지막 은닉 상태만 출력합니다. `return_sequences=True`이면 모두 출력합니다.

# %%
sentence = np.random.default_rng(1).normal(size=(1, 4, 3)).astype("float32")
last_only = chapter9.SimpleRNN(2)
every = chapter9.SimpleRNN(2, return_sequences=True)
print(sentence.shape, "->", last_only(sentence).shape)
every.build(sentence.shape)
every.set_weights(last_only.get_weights())
print(sentence.shape, "->", every(sentence).shape)
print(ops.convert_to_numpy(every(sentence))[0])
print(ops.convert_to_numpy(last_only(sentence)))

# %% [markdown] lang="en"
# The layer is no more than the loop at the top, with matrices. The loop, this project's
# layer and Keras's give the same numbers.

# %% [markdown] lang="ko"
# 순환층이 하는 일은 맨 위에서 본 반복문과 같고, 숫자 대신 행렬을 쓸 뿐입니다. 반복문, 직접
# 구현한 층, 케라스의 층이 모두 같은 숫자를 냅니다.

# %%
W_x, W_h, bias = last_only.get_weights()
h = np.zeros(2)
for x_t in sentence[0]:
    h = np.tanh(x_t @ W_x + h @ W_h + bias)

builtin = keras.layers.SimpleRNN(2)
builtin.build(sentence.shape)
builtin.set_weights([W_x, W_h, bias])
print(h, *ops.convert_to_numpy(last_only(sentence)), *np.array(builtin(sentence)))
assert np.allclose(h, last_only(sentence)) and np.allclose(h, builtin(sentence))

# %% [markdown] lang="en"
# In a stack every layer but the last returns all its hidden states, because the next
# layer needs timesteps as well. Its last number is the layer's neurons (5), no longer the
# numbers of a word (3).

# %% [markdown] lang="ko"
# 층을 쌓을 때는 마지막 층을 뺀 모든 층이 은닉 상태를 다 출력합니다. 다음 층도 타임스텝이
# 있어야 하기 때문입니다. 이때 마지막 차원은 단어의 숫자 개수(3)가 아니라 그 층의 뉴런
# 개수(5)입니다.

# %%
lessons.picture(shapes.draw, shapes.steps(models.build("stack")))

# %% [markdown] lang="en"
# The figure at the end of the section: 20 timesteps of 100 numbers, 10 neurons. What
# comes out is one row of 10 for each sample, so no `Flatten` is needed before the output
# layer: one sigmoid neuron for two classes, a softmax neuron each for more.

# %% [markdown] lang="ko"
# 절 끝의 그림입니다. 타임스텝 20개에 숫자 100개씩, 뉴런 10개. 샘플마다 숫자 10개가 한 줄로
# 나오므로 출력층 앞에 `Flatten`이 필요 없습니다. 이진 분류에는 시그모이드 뉴런 하나, 다중
# 분류에는 클래스마다 소프트맥스 뉴런 하나를 둡니다.

# %%
for classes in (2, 5):
    prediction = models.build("prediction", classes=classes)
    counts = [layer.count_params() for layer in prediction.layers]
    activation = prediction.layers[-1].activation.__name__
    print(classes, activation, prediction.output_shape, counts)

# %% [markdown] lang="en"
# **Exercise.** 32 reviews of 20 words, 100 numbers each, go into
# `SimpleRNN(7, return_sequences=True)`. Which shape comes out? Answer with a tuple.

# %% [markdown] lang="ko"
# **연습 문제.** 단어 20개짜리 리뷰 32개가, 단어마다 숫자 100개로
# `SimpleRNN(7, return_sequences=True)`에 들어갑니다. 출력의 크기는 얼마일까요? 튜플로
# 답하세요.

# %%
exercises.output_shape(...)

# %% [markdown] lang="en"
# ## How it learns: back-propagation through time
#
# The 24-parameter layer reads four timesteps. The loss is half the squared distance of
# its last hidden state to a target. Forward, every hidden state is kept.

# %% [markdown] lang="ko"
# ## 어떻게 배우는가: 시간을 거슬러 가는 역전파
#
# 모델 파라미터가 24개인 층이 타임스텝 4개를 읽습니다. 손실은 마지막 은닉 상태와 타깃의 거리를
# 제곱해서 반으로 나눈 값입니다. 정방향으로 계산하면서 은닉 상태를 모두 남겨 둡니다.

# %%
layer = chapter9.SimpleRNN(3)
layer.build((1, 4, 4))
W_x, W_h, bias = layer.get_weights()
random = np.random.default_rng(2)
x = random.normal(size=(1, 4, 4)).astype("float32")
target = np.array([0.5, -0.5, 0.0], "float32")

states = [np.zeros(3)]  # h_0
for x_t in x[0]:
    states.append(np.tanh(x_t @ W_x + states[-1] @ W_h + bias))
for t, h in enumerate(states):
    print(f"h_{t} =", h)
print("loss =", ((states[-1] - target) ** 2).sum() / 2)

# %% [markdown] lang="en"
# Backward, the loop runs from the last timestep to the first. The slope of tanh is
# $1 - h_t^2$. The weights are shared, so each timestep adds its part to the same
# gradient.

# %% [markdown] lang="ko"
# 거꾸로 갈 때는 마지막 타임스텝에서 첫 타임스텝으로 돌아갑니다. tanh의 기울기는
# $1 - h_t^2$입니다. 가중치를 공유하므로 타임스텝마다 자기 몫을 같은 그레이디언트에 더합니다.

# %%
dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(bias)
dh = states[-1] - target
for t in range(4, 0, -1):
    dz = dh * (1 - states[t] ** 2)
    dW_x += np.outer(x[0, t - 1], dz)
    dW_h += np.outer(states[t - 1], dz)
    db += dz
    print(f"t={t}: dh_{t} = {dh}, dz_{t} = {dz}")
    dh = dz @ W_h.T  # goes on to the timestep before

print("dW_x =", dW_x, "dW_h =", dW_h, "db =", db, sep="\n")

# %% [markdown] lang="en"
# All 24 gradients, by hand. Now the framework's automatic differentiation of the same
# loss, and the gradient that this project's layer has written by hand.

# %% [markdown] lang="ko"
# 그레이디언트 24개를 모두 손으로 구했습니다. 이제 같은 손실을 프레임워크가 자동 미분한 값,
# 그리고 이 프로젝트의 층에 직접 써 놓은 그레이디언트와 비교합니다.


# %%
def loss(*weights):
    """The same loss, from the layer itself."""
    others = [variable.value for variable in layer.non_trainable_variables]
    h, _ = layer.stateless_call(list(weights), others, x)
    return ops.sum((h - target) ** 2) / 2


def gradients():
    """The loss's gradient in W_x, W_h and b."""
    yield gradient(lambda w: loss(w, W_h, bias), W_x)
    yield gradient(lambda w: loss(W_x, w, bias), W_h)
    yield gradient(lambda w: loss(W_x, W_h, w), bias)


with chapter9.automatic_differentiation():
    automatic = list(gradients())
for name, mine, theirs, layers in zip(
    ("W_x", "W_h", "b"), (dW_x, dW_h, db), automatic, gradients(), strict=True
):
    print(name, np.abs(mine - theirs).max(), np.abs(mine - layers).max())
    assert np.allclose(mine, theirs, atol=1e-6)
    assert np.allclose(mine, layers, atol=1e-6)

# %% [markdown] lang="en"
# **Exercise.** A sentence of four words, $h_0 = 0$. How many of the four timesteps add
# something other than 0 to $dW_h$?

# %% [markdown] lang="ko"
# **연습 문제.** 단어 네 개짜리 문장이고 $h_0 = 0$입니다. 타임스텝 네 개 가운데 $dW_h$에 0이
# 아닌 값을 더하는 것은 몇 개일까요?

# %%
exercises.timesteps_in_gradient(...)

# %% [markdown] lang="en"
# ## How far the memory reaches
#
# On its way back the gradient is multiplied by $W_h$ once per timestep. With numbers
# below 1 it fades, above 1 it grows. (Without inputs the slope of tanh is 1, so that
# $W_h$ alone counts.)

# %% [markdown] lang="ko"
# ## 기억은 어디까지 닿는가
#
# 그레이디언트는 거슬러 가면서 타임스텝마다 $W_h$와 한 번씩 곱해집니다. 1보다 작은 수를
# 곱하면 점점 사라지고, 1보다 큰 수를 곱하면 점점 커집니다. (입력이 없으면 tanh의 기울기가
# 1이므로 $W_h$만 남습니다.)

# %%
for w in (0.5, 0.9, 1.0, 1.1):
    left = [w**t for t in (1, 5, 20, 100)]
    print(f"w_h = {w}:", *(f"{share:.2g}" for share in left))

# %% [markdown] lang="en"
# **Exercises.** With one neuron and no inputs, which `w_h` leaves 1 % of a small hidden
# state after 20 timesteps? Then make a network of 3 neurons forget: give a $W_h$ (three
# rows of three numbers) with which only the last word of a sentence counts; and, harder,
# one with which the last two words count and no other.

# %% [markdown] lang="ko"
# **연습 문제.** 뉴런이 하나이고 입력이 없을 때, 작은 은닉 상태가 타임스텝 20개를 지나 1%만
# 남으려면 `w_h`는 얼마여야 할까요? 다음으로, 뉴런 3개짜리 신경망이 잊게 만들어 보세요. 문장의
# 마지막 단어만 출력에 영향을 주는 $W_h$(숫자 3개씩 세 줄)는 무엇일까요? 더 어려운 문제로, 마지막
# 두 단어만 영향을 주는 $W_h$도 찾아보세요.

# %%
exercises.reach(...)

# %%
exercises.forget(...)

# %%
exercises.last_two(...)

# %% [markdown] lang="en"
# ## A network that remembers, trained
#
# The sample: reviews that this project generates. They come in pairs of the same words
# in another order, one positive and one negative, so that single words tell nothing.

# %% [markdown] lang="ko"
# ## 기억하는 신경망을 훈련하기
#
# 이 프로젝트가 만든 예제 리뷰를 씁니다. 단어는 같고 순서만 다른 두 리뷰가 짝을 이루는데, 하나는
# 긍정이고 하나는 부정입니다. 그래서 단어 하나하나로는 정답을 알 수 없습니다.

# %%
corpus = data.load("sample")
training, validation = data.split(corpus, timesteps=100, num_words=500)


def trained(model, epochs=6):
    """Trains as the book's 2nd edition does; returns the validation accuracy."""
    model.compile("adam", loss="binary_crossentropy", metrics=["accuracy"])
    history = train_epochs(
        model,
        training.x,
        training.y,
        epochs=epochs,
        batch_size=64,
        validation_data=(validation.x, validation.y),
        verbose=0,
    )
    return history.history["val_accuracy"][-1]


pooled = keras.Sequential(
    [
        keras.Input((100,), dtype="int32"),
        keras.layers.Embedding(500, 16),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(8, activation="tanh"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
recurrent = models.build("embedding")
print(f"feed-forward {trained(pooled):.3f}")
print(f"recurrent    {trained(recurrent):.3f}")

# %% [markdown] lang="en"
# The feed-forward network stays near 0.5: it guesses. Now shuffle the words of every
# review, padding left in its place, and see the recurrent network fail as well.

# %% [markdown] lang="ko"
# 피드포워드 신경망은 0.5 근처에 머뭅니다. 찍는 것과 같습니다. 이번에는 패딩은 그대로 두고
# 리뷰마다 단어를 뒤섞어 보세요. 순환 신경망도 틀리기 시작합니다.

# %%
shuffled = validation.x.copy()
random = np.random.default_rng(0)
for row in shuffled:
    row[row != 0] = random.permutation(row[row != 0])

accuracy = {
    name: recurrent.evaluate(x, validation.y, batch_size=1_000, verbose=0)[1]
    for name, x in (("in order", validation.x), ("shuffled", shuffled))
}
print(accuracy)
assert accuracy["shuffled"] < accuracy["in order"] - 0.2
