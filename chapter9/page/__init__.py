"""The page: one HTML file in which trained models read reviews in the browser.

    from chapter9 import page
    page.write(path, [page.run_data(run, model, page.tested(run, model))])

`run_data` says what the page knows of a run, `tested` how often it is right,
`saved_model` what the page knows of anyone's saved model; `html` puts the file
together, and the rest is the page itself. engine/simple_rnn.js is the place to start
reading there: the equation, forward and backward, as chapter9/equations has it.
"""

from chapter9.page.accuracy import tested
from chapter9.page.html import write
from chapter9.page.run_data import run_data
from chapter9.page.saved_model import saved_model

__all__ = ["run_data", "saved_model", "tested", "write"]
