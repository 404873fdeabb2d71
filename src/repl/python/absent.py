"""Says what to use instead when code imports a package that this interpreter lacks."""

import sys

_INSTEAD = {
    "aiohttp httpx requests urllib3": "there is no network, and the text to read is in `context`",
    "anthropic langchain litellm openai tensorflow torch transformers": "use llm_query and llm_query_batched",
    "attr pydantic": "use dataclasses",
    "bs4 lxml": "use html.parser and xml.etree.ElementTree",
    "dateutil pytz": "use datetime",
    "joblib tqdm": "use a plain loop",
    "matplotlib plotly seaborn": "print figures as text",
    "networkx": "use dicts and sets",
    "nltk rapidfuzz sentence_transformers sklearn spacy": "use re, collections and difflib",
    "numpy scipy sympy": "use lists, math, statistics and fractions",
    "orjson simplejson yaml": "use json",
    "pandas polars pyarrow": "use csv, and lists of dict with collections.Counter and itertools.groupby",
    "PIL cv2": "there are no images",
    "regex": "use re",
    "tiktoken": "count about four characters a token",
    "IPython curses readline tkinter turtle": "print text",
}
_WHAT_TO_USE = {name: advice for names, advice in _INSTEAD.items() for name in names.split()}
_THERE_IS = (
    "there is Python's standard library (re, json, csv, math, statistics, collections, itertools, difflib, datetime, "
    f"textwrap, ... of {sys.version.split()[0]}), and nothing can be installed"
)


class AbsentPackages:
    """The last finder: it gets only names that no other finder found."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        advice = _WHAT_TO_USE.get(name)
        if advice is None:
            return None
        raise ModuleNotFoundError(f"No module named {name!r}: {advice}; {_THERE_IS}", name=name)
