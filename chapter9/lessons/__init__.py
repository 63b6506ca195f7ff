"""What the chapter's notebooks take from the package: pictures, the page, exercises.

begin             the language that a notebook speaks
picture, page     a picture of chapter9.figures, or the page, as a cell's output
exercise          what an exercise is: a function that tries an answer
section_9_1 ...   the exercises of each section
"""

from chapter9.lessons.cells import begin, page, picture

__all__ = ["begin", "page", "picture"]
