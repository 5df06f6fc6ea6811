"""The press: HTML in, PDF out. Runs as a program of its own, and knows nothing of Mulin.

WeasyPrint and its fonts take some 150 MB and stay once loaded, which the web processes cannot
spare. So each sheet is made by a child that ends when it is done: `python -I press.py`, a job as
JSON on its standard input, the PDF on its standard output. It is given no key, no database and no
way out: what a sheet shows beside its own text are files that the job names.
"""

import gc
import json
import resource
import sys
from importlib import import_module
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any, Final

#: Exit codes by which the parent tells what happened.
MISSING, FAILED = 3, 4
#: A sheet of 200 rows takes a sixth of it.
MOST_MEMORY_BYTES: Final = 2 * 1024**3
MOST_SECONDS: Final = 60
SELDOM: Final = (50_000, 20, 20)


def library() -> Any:  # Any: it comes without types
    """WeasyPrint. Raises ImportError or OSError where it, or the system's Pango, is missing."""
    _put_off()
    import weasyprint  # noqa: PLC0415  70 MB, and absent where nothing is printed

    return weasyprint


#: Tools with what WeasyPrint takes out of them by name.
PUT_OFF: Final = {"fontTools.subset": "", "fontTools.varLib.instancer": "instantiateVariableFont"}


def _put_off() -> None:
    """Two tools for fonts are loaded when something is asked of them. WeasyPrint loads them at once,
    a good third of all that it loads, and asks nothing of them where HarfBuzz cuts the fonts down.
    """
    if "weasyprint" in sys.modules:
        return
    for name, taken in PUT_OFF.items():
        if name not in sys.modules:
            sys.modules[name] = _stand_in(name, taken)


def _stand_in(name: str, taken: str) -> ModuleType:
    # Any: the tool's own functions and their arguments.
    def asked(what: str) -> Any:
        if what.startswith("__"):  # by the import itself
            raise AttributeError(what)
        if sys.modules.get(name) is stand_in:
            del sys.modules[name]
        return getattr(import_module(name), what)

    def later(*args: Any, **kwargs: Any) -> Any:
        return asked(taken)(*args, **kwargs)

    stand_in = ModuleType(name)
    stand_in.__dict__["__getattr__"] = asked
    if taken:
        stand_in.__dict__[taken] = later
    return stand_in


def pressed(job: dict[str, Any]) -> bytes:  # Any: what JSON holds
    """The PDF of `html` in the look of the CSS file `css`; `pictures` are address → path."""
    weasyprint = library()
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415  as above

    # Any: the library's own signature.
    class OnlyWhatWasGiven(URLFetcher):  # type: ignore[misc]  # no types in the library
        """Opens the files of the job; nothing else of this machine, and nothing of another."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            path = job["pictures"].get(url)
            if path is None:
                raise ValueError("a sheet shows nothing from elsewhere")
            kind = "image/png" if path.endswith(".png") else "image/jpeg"
            return URLFetcherResponse(url, Path(path).read_bytes(), {"Content-Type": kind})

    fetcher = OnlyWhatWasGiven()
    look = weasyprint.CSS(string=Path(job["css"]).read_text("utf-8"), url_fetcher=fetcher)
    page = weasyprint.HTML(string=job["html"], base_url="paper:/", url_fetcher=fetcher)
    pdf = BytesIO()
    page.write_pdf(pdf, stylesheets=[look])
    return pdf.getvalue()


def main() -> int:
    """Read one job, answer with its PDF or with an exit code."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    job = json.load(sys.stdin)
    gc.disable()
    try:
        library()
    except (ImportError, OSError) as error:
        sys.stderr.write(str(error).splitlines()[0])
        return MISSING
    # What was loaded stays to the end, and a sheet of 1,200 rows grows by 2 MB where rubbish is looked
    # for so seldom: the press is a sixth faster.
    gc.freeze()
    gc.set_threshold(*SELDOM)
    gc.enable()
    try:
        pdf = pressed(job)
    except Exception as error:  # noqa: BLE001  its words may be those of the sheet: told is its kind
        sys.stderr.write(type(error).__name__)
        return FAILED
    sys.stdout.buffer.write(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main())
