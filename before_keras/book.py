"""Every number of the chapter, once, with where it stands.

Book: 박해선, 혼자 공부하는 머신러닝+딥러닝 (Hanbit Media, 2021), chapter 9. Its
notebooks: hg-mldl (1st edition) and hg-mldl2 (2nd edition, 2025). `author's reruns` are
the results that the author's published notebooks show, each time he ran them again.
"""

from dataclasses import dataclass

BOOK = "박해선, 혼자 공부하는 머신러닝+딥러닝, 한빛미디어, 2021"


@dataclass(frozen=True)
class Claim:
    """A statement of section 9-1 (p. 486-497), to be shown by an experiment."""

    number: int
    english: str
    korean: str
    value: str  # what the book has, as it is printed in a table


CLAIMS = (
    Claim(
        1,
        "h_t = tanh(x_t W_x + h_(t-1) W_h + b), h_0 = 0",
        "h_t = tanh(x_t W_x + h_(t-1) W_h + b), h_0 = 0",
        "equal",
    ),
    Claim(
        2,
        "4 inputs, 3 neurons: W_x 12 + W_h 9 + b 3 parameters",
        "입력 4개, 뉴런 3개: W_x 12 + W_h 9 + b 3개의 모델 파라미터",
        "24",
    ),
    Claim(
        3,
        "every neuron's hidden state feeds every neuron",
        "모든 뉴런의 은닉 상태가 모든 뉴런에 완전 연결된다",
        "(3, 3)",
    ),
    Claim(
        4,
        "the weights are shared by all timesteps",
        "가중치는 모든 타임스텝에서 공유된다",
        "same",
    ),
    Claim(
        5,
        "the input is (samples, timesteps, features): I am a boy",
        "입력은 (샘플, 타임스텝, 단어 표현)이다: I am a boy",
        "(1, 4, 3)",
    ),
    Claim(
        6,
        "the last recurrent layer outputs the last hidden state only",
        "마지막 순환층은 마지막 타임스텝의 은닉 상태만 출력한다",
        "(1, 3)",
    ),
    Claim(
        7,
        "in a stack all recurrent layers but the last output every timestep",
        "다층 순환 신경망에서 앞의 층은 모든 타임스텝의 은닉 상태를 출력한다",
        "(1, 4, 3)",
    ),
    Claim(
        8,
        "20 timesteps of 100 numbers, 10 cells -> (10,), no Flatten before Dense",
        "타임스텝 20개, 단어 표현 100개, 셀 10개 -> (10,), Flatten 없이 Dense",
        "1,110 + 11",
    ),
    Claim(
        9,
        "the output: dense activation, convolution feature map, recurrent hidden state",
        "출력: 완전 연결은 활성화 출력, 합성곱은 특성 맵, 순환은 은닉 상태",
        "activation, feature map, hidden state",
    ),
    Claim(
        10,
        "a feed-forward network does not remember order, a recurrent one does",
        "피드포워드 신경망은 순서를 기억하지 않고 순환 신경망은 기억한다",
        "no, yes",
    ),
)

# Section 9-1, the networks of its diagrams; sizes are numbers per word.
WEIGHTS_DIAGRAM = (4, 3)  # inputs, neurons
SENTENCE, WORD_SIZE = "I am a boy", 3
PREDICTION_DIAGRAM = (20, 100, 10)  # timesteps, numbers per word, cells

SOURCES = {  # of each section's numbers
    "9-1": "p. 486-497",
    "9-2": "notebooks",  # hg-mldl and hg-mldl2
    "9-3": "notebooks",
    "own": "this project",  # its default model, which is not in the book
}


@dataclass(frozen=True)
class ModelFact:
    """A model of the chapter: parameters and output, layer by layer."""

    section: str
    name: str  # as models.build takes it
    cells: int
    words: int
    layers: tuple[int, ...]  # parameters of each layer that has any
    shapes: tuple[tuple[int, ...], ...]  # what each of them puts out for one review

    @property
    def total(self) -> int:
        """All parameters of the model."""
        return sum(self.layers)


# fmt: off
MODELS = (
    # The project's own default model: IMDB, 100 timesteps, 10 cells.
    ModelFact("own", "one-hot", 10, 500, (5110, 11), ((10,), (1,))),
    ModelFact("own", "embedding", 10, 500, (8000, 270, 11), ((100, 16), (10,), (1,))),
    ModelFact("9-2", "one-hot", 8, 500, (4072, 9), ((8,), (1,))),
    ModelFact("9-2", "one-hot", 8, 300, (2472, 9), ((8,), (1,))),
    ModelFact("9-2", "one-hot", 8, 200, (1672, 9), ((8,), (1,))),
    ModelFact("9-2", "embedding", 8, 500, (8000, 200, 9), ((100, 16), (8,), (1,))),
    ModelFact("9-2", "embedding", 8, 300, (4800, 200, 9), ((100, 16), (8,), (1,))),
    ModelFact("9-2", "embedding", 8, 200, (3200, 200, 9), ((100, 16), (8,), (1,))),
    ModelFact("9-3", "lstm", 8, 500, (8000, 800, 9), ((100, 16), (8,), (1,))),
    ModelFact("9-3", "lstm-dropout", 8, 500, (8000, 800, 9), ((100, 16), (8,), (1,))),
    ModelFact("9-3", "lstm-2-layers", 8, 500, (8000, 800, 544, 9),
              ((100, 16), (100, 8), (8,), (1,))),
    ModelFact("9-3", "gru", 8, 500, (8000, 624, 9), ((100, 16), (8,), (1,))),
)
# fmt: on
GRU_BY_BIASES = {2: 624, 1: 600}  # GRU(8) on 16 numbers, by the biases per gate
# Of one gate, computed: the book has their sums, 4 x 200, 3 x 208 and 3 x 200.
GATE_PARAMETERS = {"LSTM": 200, "GRU": 208, "GRU(reset_after=False)": 200}

# Section 9-2, the data: imdb.load_data(num_words=200), then train_test_split.
REVIEWS = 25_000  # to train on, and as many to test on
SPLIT = (20_000, 5_000)
TIMESTEPS = 100
FIRST_LENGTHS = (218, 189)  # tokens of the first two reviews
FIRST_LABELS = (1, 0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 1)
MEAN_LENGTH, MEDIAN_LENGTH = 239.00925, 178.0
ONE_HOT_BYTES, TOKEN_BYTES = 3_200_000_000, 8_000_000  # 2nd edition, 200 words

# How the book trains.
BATCH_SIZE, EPOCHS, PATIENCE = 64, 100, 3
WORDS, EMBEDDING_SIZE, CELLS = 500, 16, 8
LEARNING_RATE = 1e-4  # 1st edition, RMSprop; the 2nd edition has 'adam'
DROPOUT = {1: 0.3, 2: 0.2}  # by edition


@dataclass(frozen=True)
class Result:
    """What the author printed: at the best epoch on the validation set."""

    rerun: str
    name: str  # the model, as models.build takes it
    words: int
    edition: int
    loss: float
    accuracy: float
    epochs: int | None = None
    milliseconds: int | None = None  # a step, on Colab


def _section_9_2(rerun, one_hot, embedding, words=(500, 500), edition=1):
    return (
        Result(rerun, "one-hot", words[0], edition, *one_hot),
        Result(rerun, "embedding", words[1], edition, *embedding),
    )


def _section_9_3(rerun, lstm, dropout, two_layers, gru, edition=1):
    names = ("lstm", "lstm-dropout", "lstm-2-layers", "gru")
    results = (lstm, dropout, two_layers, gru)
    return tuple(
        Result(rerun, name, 500, edition, *result)
        for name, result in zip(names, results, strict=True)
    )


# fmt: off
RESULTS = (
    *_section_9_2("2020-10 / 11", (.4533, .7916, 35, 63), (.4575, .7934, 31, 61)),
    *_section_9_2("2021-02 / 04", (.4526, .7944, 54, 82), (.4607, .7908, 25, 83)),
    *_section_9_2("2021-06", (.4765, .7790, 42, 70), (.4633, .7868, 24, 89)),
    *_section_9_2("2021-08", (.4447, .7936, 50, 100), (.4581, .7882, 26, 137)),
    *_section_9_2("2022-01", (.4641, .7826, 51, 25), (.4746, .7822, 32, 24)),
    *_section_9_2("2022-05", (.4615, .7860, 60, 40), (.4703, .7834, 31, 31)),
    *_section_9_2("2023-03 / 07", (.5195, .7456, 39, 80), (.5124, .7500, 23, 116),
                  words=(300, 300)),
    *_section_9_2("2023-11", (.5139, .7460, 46, 69), (.5124, .7500, 23, 112),
                  words=(300, 300)),
    *_section_9_2("2024-08", (.5491, .7316, 84, 19), (.5413, .7306, 34, 18),
                  words=(200, 200)),
    *_section_9_2("2nd edition", (.5497, .7244, 13, 97), (.5255, .7466, 9, 127),
                  words=(200, 500), edition=2),
    *_section_9_3("2020-10 / 11",
                  (.4273, .8056), (.4286, .8020), (.4295, .8058), (.4338, .7994)),
    *_section_9_3("2021-04",
                  (.4300, .8030), (.4255, .8042), (.4378, .7968), (.4467, .7896)),
    *_section_9_3("2021-06",
                  (.4226, .8062), (.4321, .7970), (.4325, .8002), (.4416, .7938)),
    *_section_9_3("2021-08",
                  (.4365, .7934), (.4340, .7972), (.4350, .7976), (.4387, .7976)),
    *_section_9_3("2022-01",
                  (.4311, .8022), (.4247, .8044), (.4352, .7990), (.4511, .7908)),
    *_section_9_3("2022-05",
                  (.4334, .8002), (.4299, .8004), (.4354, .7986), (.4470, .7914)),
    *_section_9_3("2023-03 / 11",
                  (.4314, .8000), (.4332, .8018), (.4393, .7938), (.4412, .7930)),
    *_section_9_3("2024-08",
                  (.4368, .7934), (.4473, .7904), (.4670, .7844), (.4317, .7978)),
    *_section_9_3("2nd edition",
                  (.4217, .8062), (.4159, .8102), (.4050, .8182), (.4111, .8156),
                  edition=2),
)

# The two-layer LSTM on the test set, (rerun, loss, accuracy).
TEST_RESULTS = tuple(
    Result(rerun, "lstm-2-layers", 500, 2 if rerun == "2nd edition" else 1,
           loss, accuracy)
    for rerun, loss, accuracy in (
        ("2020-10 / 11", .4252, .8019), ("2021-04", .4335, .7988),
        ("2021-06", .4261, .8018), ("2021-08", .4291, .8004),
        ("2022-01", .4306, .7988), ("2022-05", .4310, .7975),
        ("2023-03 / 11", .4346, .7975), ("2024-08", .4673, .7848),
        ("2nd edition", .4012, .8190),
    )
)
# fmt: on


def results(name: str, words: int, edition: int, test: bool = False) -> list[Result]:
    """Returns the author's reruns of one model, on the validation or the test set."""
    return [
        result
        for result in (TEST_RESULTS if test else RESULTS)
        if (result.name, result.words, result.edition) == (name, words, edition)
    ]
