"""Every number of the chapter, once, with where it stands.

Book: 박해선, 혼자 공부하는 머신러닝+딥러닝 (Hanbit Media, 2021), chapter 9. Its
notebooks: hg-mldl (1st edition) and hg-mldl2 (2nd edition, 2025). A value that neither
prints is marked as computed. The results of the author's own runs are in author.py.
"""

from dataclasses import dataclass

BOOK = "박해선, 혼자 공부하는 머신러닝+딥러닝, 한빛미디어, 2021"
SECTIONS = ("9-1", "9-2", "9-3", "own")  # own: this project's default models
PAGES = "p. 486-497"  # of section 9-1


@dataclass(frozen=True)
class Cells:
    """Cells of a published notebook.

    Attributes:
        notebook: repository and file.
        commit: of that version, its first seven digits.
        numbers: the cells as the version numbers them: In [24].
    """

    notebook: str
    commit: str
    numbers: tuple[int, ...]

    @property
    def version(self) -> str:
        """The notebook in that version, "hg-mldl2/09-2.ipynb 1c2260a"."""
        return f"{self.notebook} {self.commit}"

    def __str__(self) -> str:
        return "In " + ", ".join(f"[{number}]" for number in self.numbers)


@dataclass(frozen=True)
class Claim:
    """A statement of section 9-1 (p. 486-497), to be shown by an experiment."""

    number: int
    english: str
    korean: str
    value: str  # what the book has, as it is printed in a table
    computed: bool = False  # the value, because the book does not print it


# Section 9-1, the networks of its diagrams; sizes are numbers per word.
WEIGHTS_DIAGRAM = (4, 3)  # inputs, neurons
SENTENCE, WORD_SIZE = "I am a boy", 3
PREDICTION_DIAGRAM = (20, 100, 10)  # timesteps, numbers per word, cells
STACK = (5, 2)  # neurons of the layers; chosen here, so that no two sizes are the same

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
        "9",
    ),
    # A summary of the section speaks of "the changing weights w_h": what changes from
    # timestep to timestep is h_t.
    Claim(
        4,
        "all timesteps share the weights, so there are fewer parameters",
        "모든 타임스텝이 가중치를 공유하므로 모델 파라미터가 줄어든다",
        "24 < 20 x 24 = 480",
        computed=True,
    ),
    Claim(
        5,
        "text and time series come as (samples, timesteps, features): I am a boy",
        "텍스트든 시계열이든 입력은 (샘플, 타임스텝, 특성)이다: I am a boy",
        "(1, 4, 3)",
    ),
    Claim(
        6,
        f"the last recurrent layer ({STACK[1]} neurons) outputs the last hidden state "
        "only",
        f"마지막 순환층(뉴런 {STACK[1]}개)은 마지막 타임스텝의 은닉 상태만 출력한다",
        "(1, 2)",
        computed=True,
    ),
    Claim(
        7,
        f"in a stack every layer before the last ({STACK[0]} neurons) outputs all "
        "timesteps",
        f"다층 순환 신경망에서 앞의 층(뉴런 {STACK[0]}개)은 모든 타임스텝의 은닉 "
        "상태를 출력한다",
        "(1, 4, 5)",
        computed=True,
    ),
    Claim(
        8,
        "20 timesteps of 100 numbers, 10 neurons -> (10,), no Flatten before Dense: "
        "sigmoid for two classes, softmax for more",
        "타임스텝 20개, 단어 표현의 크기 100, 뉴런 10개 -> (10,), Flatten 없이 Dense: "
        "이진 분류는 시그모이드, 다중 분류는 소프트맥스",
        "1,110 + 11",
        computed=True,
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
        "no, within its kernel, yes",
        computed=True,
    ),
)


@dataclass(frozen=True)
class ModelFact:
    """A model of the chapter: parameters and output, layer by layer."""

    section: str
    name: str  # as models.build takes it
    cells: int
    words: int
    layers: tuple[int, ...]  # parameters of each layer that has any
    shapes: tuple[tuple[int, ...], ...]  # what each of them puts out for one review
    source: Cells | None = None  # where it is built, and summary() prints all that
    computed: bool = False  # what summary() would print

    @property
    def total(self) -> int:
        """All parameters of the model."""
        return sum(self.layers)


# The cells at 7e313f9 and 41c9889 were read in copies of those versions, known by the
# runs that they print.
# fmt: off
MODELS = (
    # The project's own default model: IMDB, 100 timesteps, 10 cells.
    ModelFact("own", "one-hot", 10, 500, (5110, 11), ((10,), (1,)), computed=True),
    ModelFact("own", "embedding", 10, 500, (8000, 270, 11), ((100, 16), (10,), (1,)),
              computed=True),
    ModelFact("9-2", "one-hot", 8, 200, (1672, 9), ((8,), (1,)),
              Cells("hg-mldl2/09-2.ipynb", "1c2260a", (24,))),
    ModelFact("9-2", "one-hot", 8, 300, (2472, 9), ((8,), (1,)),
              Cells("hg-mldl/9-2.ipynb", "41c9889", (24,))),
    ModelFact("9-2", "one-hot", 8, 500, (4072, 9), ((8,), (1,)),
              Cells("hg-mldl/9-2.ipynb", "7e313f9", (24,))),
    ModelFact("9-2", "embedding", 8, 200, (3200, 200, 9), ((100, 16), (8,), (1,)),
              Cells("hg-mldl/9-2.ipynb", "91c429e", (31,))),
    ModelFact("9-2", "embedding", 8, 300, (4800, 200, 9), ((100, 16), (8,), (1,)),
              Cells("hg-mldl/9-2.ipynb", "41c9889", (27,))),
    ModelFact("9-2", "embedding", 8, 500, (8000, 200, 9), ((100, 16), (8,), (1,)),
              Cells("hg-mldl2/09-2.ipynb", "1c2260a", (30,))),
    ModelFact("9-3", "lstm", 8, 500, (8000, 800, 9), ((100, 16), (8,), (1,)),
              Cells("hg-mldl2/09-3.ipynb", "25b29be", (4,))),
    ModelFact("9-3", "lstm-dropout", 8, 500, (8000, 800, 9), ((100, 16), (8,), (1,)),
              Cells("hg-mldl2/09-3.ipynb", "25b29be", (7,)), computed=True),
    ModelFact("9-3", "lstm-2-layers", 8, 500, (8000, 800, 544, 9),
              ((100, 16), (100, 8), (8,), (1,)),
              Cells("hg-mldl2/09-3.ipynb", "25b29be", (10,))),
    ModelFact("9-3", "gru", 8, 500, (8000, 624, 9), ((100, 16), (8,), (1,)),
              Cells("hg-mldl2/09-3.ipynb", "25b29be", (13,))),
)
# fmt: on
# GRU(8) on 16 numbers, by the biases per gate: 624 as in MODELS, 600 computed.
GRU_BY_BIASES = {2: 624, 1: 600}
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
DATA_NOTEBOOK = ("hg-mldl2/09-2.ipynb", "1c2260a")
DATA_CELLS = {  # of that notebook, for each of the above
    "REVIEWS": (3,),
    "SPLIT": (8, 13),  # test_size=0.2, and what it leaves to train on
    "TIMESTEPS": (13, 15, 16),  # the shape, the last tokens, the zeros in front
    "FIRST_LENGTHS": (4, 5),
    "FIRST_LABELS": (7,),
    "MEAN_LENGTH": (10,),
    "MEDIAN_LENGTH": (10,),
    "ONE_HOT_BYTES": (27,),
}

# How the book trains.
BATCH_SIZE, EPOCHS, PATIENCE = 64, 100, 3
WORDS, EMBEDDING_SIZE, CELLS = 500, 16, 8
LEARNING_RATE = 1e-4  # 1st edition, RMSprop; the 2nd edition has 'adam'
DROPOUT = {1: 0.3, 2: 0.2}  # of LSTM, by edition
GRU_DROPOUT = {1: 0.0, 2: 0.2}  # the 1st edition's GRU has none
