"""What an agent finds in the sandbox: programs and Python packages, by name."""

import functools
import importlib.metadata
import os
import shutil

import msgspec

from hapi_pytest.sandbox import interpreter, surroundings

PROGRAMS = (
    "awk bash bc cat convert csvcut curl cut diff ffmpeg file find g++ gawk gcc git gnuplot go gpg grep gs gzip"
    " inkscape java javac jq latex libreoffice lua magick make mutool node npm openssl pandoc patch pdflatex pdftk"
    " pdftoppm pdftotext perl php ps psql python python3 qpdf R rsync ruby rustc sed soffice sort sqlite3 ssh"
    " tar tesseract tidy tr unoconv unzip vim wc wget wkhtmltopdf xargs xelatex xmllint xsltproc xz yq zip zstd"
)
"""Names with blanks between."""
PACKAGES = (
    "altair beautifulsoup4 cairosvg cssselect defusedxml docx2txt duckdb ezdxf fonttools fpdf2 geopandas html5lib"
    " icalendar ironcalc jinja2 jsonschema lxml markdown markdown-it-py matplotlib msgspec networkx numpy odfpy"
    " openpyxl pandas pdfminer.six pdfplumber pillow plotly polars polib pyarrow pydantic pymupdf pypdf pypdf2"
    " python-dateutil python-docx python-pptx pytz pyyaml regex reportlab requests scikit-learn scipy seaborn shapely"
    " srt statsmodels svgwrite sympy tabulate trimesh tzdata vobject weasyprint xlrd xlsxwriter"
)


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """Names only, sorted, so that two machines with the same software are told to be the same."""

    programs: tuple[str, ...]
    packages: tuple[str, ...]


@functools.cache
def environment() -> Environment:
    """Return which of the useful programs and packages a sandboxed command finds."""
    path = surroundings.variables("/", "/tmp")["PATH"]
    found = {name: shutil.which(name, path=path) for name in PROGRAMS.split()}
    always = {"python3", *interpreter.missing_names()}
    return Environment(
        programs=tuple(sorted(n for n, place in found.items() if n in always or (place and _is_readable(place)))),
        packages=tuple(sorted(name for name in PACKAGES.split() if _is_installed(name))),
    )


def _is_readable(place: str) -> bool:
    """Tell whether a program's real file is inside too, and not only a link to it."""
    real = os.path.realpath(place)
    return any(real == path or real.startswith(f"{path}/") for path in map(os.path.realpath, surroundings.readable()))


def _is_installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True
