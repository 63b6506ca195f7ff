# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown] lang="en"
# In a hosted notebook, upload the package (`make dist` builds it) beside this notebook,
# and run the next cell. It keeps the TensorFlow, JAX or PyTorch that is there. No GPU is
# needed: two cores take a minute or two for a notebook. Beside a GPU take JAX,
# with `%env KERAS_BACKEND=jax` in a cell before all others: a training step of the
# embedding model takes 0.5 ms there (measured on an H200), and 20 ms with PyTorch.

# %% [markdown] lang="ko"
# 코랩 같은 곳에서는 패키지 파일(`make dist`로 만듭니다)을 노트북 옆에 올리고 다음 셀을
# 실행하세요. 이미 설치된 텐서플로, JAX, 파이토치는 바꾸지 않습니다. GPU는 없어도 됩니다.
# 노트북 하나가 코어 2개로 1~2분 걸립니다. GPU를 쓴다면 맨 앞에 셀을 하나 만들어
# `%env KERAS_BACKEND=jax`를 실행해 JAX를 쓰세요. H200에서 재 보니 임베딩 모델의 훈련 스텝
# 하나가 JAX로는 0.5ms, 파이토치로는 20ms 걸렸습니다.

# %%
import importlib.util
import subprocess
import sys
from pathlib import Path

ADDRESS = None  # where pip finds the package, if no such file is here
if importlib.util.find_spec("chapter9") is None:
    files = sorted(Path().glob("chapter9-*.whl"))
    address = files[-1].resolve().as_uri() if files else ADDRESS
    if address is None:
        raise FileNotFoundError("chapter9-*.whl")
    command = [sys.executable, "-m", "pip", "install", "--quiet"]
    subprocess.run([*command, f"chapter9[pictures] @ {address}"], check=True)
    importlib.invalidate_caches()

# %% lang="en"
from chapter9 import lessons

lessons.begin("en")

# %% lang="ko"
from chapter9 import lessons

lessons.begin("ko")
