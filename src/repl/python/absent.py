"""Tells what there is when a package is imported that policies expect and this interpreter has not."""

EXPECTED = frozenset(
    "aiohttp anthropic bs4 dateutil httpx langchain lxml matplotlib networkx nltk numpy openai pandas PIL polars "
    "pydantic regex requests scipy seaborn sklearn spacy sympy tensorflow tiktoken torch tqdm transformers yaml".split()
)


class AbsentPackages:
    """The last finder of all: only names nobody else found come here."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name in EXPECTED:
            raise ModuleNotFoundError(
                f"No module named {name!r}: there is only Python's standard library here (re, json, math, statistics, "
                "collections, itertools, difflib, csv, datetime, ...), and nothing can be installed",
                name=name,
            )
        return None
