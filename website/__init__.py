"""The site: notebooks, questions, glossary, reference and page as a static folder."""
