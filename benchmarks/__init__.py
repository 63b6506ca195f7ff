"""Speed and memory against the peers, side by side in one run.

python -m benchmarks measures every row of `rows.py` and writes RESULTS.md, results.json
and the charts beside this file; with --gpu every row of `gpu_rows.py`, GPU.md and
gpu.json.

contender.py    who is measured: a function in a process of its own
work.py         what there is to do: a model's training step, by its sizes
contenders.py   who does it: a few lines each, in the process of its backend
plain_jax.py    the limit that JAX sets; c_loop.py the one that a processor sets
other_work.py   loading IMDB, one review, and whole jobs
worker.py       the processes that take turns
rows.py         who is compared with whom, and what is to be reached
report.py       the table and the charts
gpu.py          the card, and the kernels of a step; gpu_rows.py who is compared there,
                gpu_report.py its tables
processes.py    several processes that train one model, python -m benchmarks.processes:
                job.py has them, all_reduce.py what they add, efficiency.py the
                formulas, processes_report.py the tables, processes_chart.py the chart
exports.py      a run's exports, size and time: python -m benchmarks.exports RUN...;
                exports_report.py the table
"""
