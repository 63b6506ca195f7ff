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
# needed: two cores take a minute or two for a notebook.

# %% [markdown] lang="ko"
# 코랩 같은 곳에서는 패키지 파일(`make dist`로 만듭니다)을 노트북 옆에 올리고 다음 셀을
# 실행하세요. 이미 설치된 텐서플로, JAX, 파이토치는 바꾸지 않습니다. GPU는 없어도 됩니다.
# 노트북 하나가 코어 2개로 1~2분 걸립니다.

# %%
import importlib.util
import subprocess
import sys
from pathlib import Path

if importlib.util.find_spec("chapter9") is None:
    package = max(Path().glob("chapter9-*.whl"), default=None)
    if package is None:
        raise FileNotFoundError("chapter9-*.whl")
    command = [sys.executable, "-m", "pip", "install", "--quiet"]
    subprocess.run([*command, f"{package}[pictures]"], check=True)
    importlib.invalidate_caches()

# %% lang="en"
from chapter9 import lessons

lessons.begin("en")

# %% lang="ko"
from chapter9 import lessons

lessons.begin("ko")
