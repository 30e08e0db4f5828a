"""Worker templates shown in the notebook, filled in with rows of a DataFrame."""

from __future__ import annotations

import base64
import html
import io
import json
import mimetypes
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pandas as pd

from nblabel import storage
from nblabel.aws.labeler_template import LARGEST_TEMPLATE
from nblabel.aws.lambdas import pre_annotation
from nblabel.aws.liquid import fill
from nblabel.aws.model import check_request
from nblabel.aws.service import explained, make_client
from nblabel.aws.worker_pages import worker_template
from nblabel.errors import FrameError, RequestError
from nblabel.manifest import write_manifest
from nblabel.manifest.origin import folders
from nblabel.tasks import Task

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["TemplatePreview", "preview"]

_ELEMENTS = "https://assets.crowd.aws/crowd-html-elements.js"
_LOADS_ELEMENTS = re.compile(rf"""<script\b[^>]*\bsrc\s*=\s*["']{re.escape(_ELEMENTS)}["'][^>]*>\s*</script\s*>""", re.IGNORECASE)
# Nothing of the page reaches the network, the notebook, or anything that the browser keeps.
_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; media-src data: blob:; connect-src data:"
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SUBMITS_ITSELF = {"crowd-entity-annotation"}


@dataclass(frozen=True, slots=True, repr=False)
class TemplatePreview:
    """A worker template as workers would see it; shown by ending a cell with it.

    Attributes
    ----------
    names : list of str
        What the pages show, as the lines have it.
    pages : list of str
        The pages: whole HTML documents that load nothing, unless the service rendered them.
    problems : list of str
        What is wrong with the template.
    """

    names: list[str]
    pages: list[str]
    problems: list[str]

    def __repr__(self) -> str:
        found = "".join(f"\n  {problem}" for problem in self.problems)
        return f"TemplatePreview of {len(self.pages)} rows, {len(self.problems)} problems{found}"

    def _repr_html_(self) -> str:
        wrong = "".join(f"<li>{html.escape(problem)}</li>" for problem in self.problems)
        # A sandbox without allow-same-origin: scripts of the template see neither the notebook nor its cookies.
        shown = "".join(
            f'<p><code>{html.escape(name[:200])}</code></p><iframe sandbox="allow-scripts" srcdoc="{html.escape(page)}" '
            'style="width: 100%; height: 640px; border: 1px solid #8c959f; border-radius: 6px; background: #fff"></iframe>'
            for name, page in zip(self.names, self.pages, strict=True)
        )
        return (f"<p><b>Problems of this template</b></p><ul>{wrong}</ul>" if wrong else "") + shown


def preview(
    template: str | Task,
    rows: pd.DataFrame,
    *,
    labels: Sequence[str] | None = None,
    pre: Callable[[dict[str, Any], Any], Mapping[str, Any]] = pre_annotation,
    count: int = 3,
    service: bool = False,
    role: str | None = None,
    region: str | None = None,
) -> TemplatePreview:
    """Show a worker template in the notebook, filled in with rows, before a job is created.

    Parameters
    ----------
    template : str or Task
        The text of a template, or a task, whose template is that of `nblabel.aws.worker_template`.
    rows : DataFrame
        What would be labeled, as `nblabel.read_manifest` and `nblabel.crawl` give it; files may also be on this machine.
    labels : sequence of str, optional
        The classes, as ``task.input.labels``; by default those of the task.
    pre : callable
        Handler of the job's pre-annotation Lambda function.
    count : int
        How many of the rows are shown, the first ones.
    service : bool
        Let SageMaker render it (RenderUiTemplate): then AWS's own elements are loaded, and files are read as `role` may.
    role, region : str, optional
        For SageMaker: ARN of the role, which is required, and the region, by default that of boto3's configuration.

    Raises
    ------
    RequestError
        The template is no Liquid, or SageMaker would refuse it.
    FrameError
        There are no rows.
    StorageError
        A file cannot be read.
    MissingExtraError
        Python-liquid is not installed: ``pip install "nblabel[preview]"``.

    Notes
    -----
    Without the service no network is used but to read what rows and examples show. The page is in a sandbox of the browser that reaches nothing else;
    elements of Ground Truth are replaced by ones of our own, which can be read and pressed, and do not look like Amazon's.

    Examples
    --------
    >>> import pandas as pd
    >>> preview("<p>{{ task.input.taskObject }}</p>", pd.DataFrame({"source": ["Hello!"]}))
    TemplatePreview of 1 rows, 2 problems
      it does not load https://assets.crowd.aws/crowd-html-elements.js, without which crowd elements are nothing
      it has no <crowd-form>, so nothing can be handed in
    """
    if not isinstance(rows, pd.DataFrame):
        raise FrameError(f"expected a DataFrame, got {type(rows).__name__}; read one with nl.read_manifest or nl.crawl")
    if count < 1:
        raise RequestError("count", count, "at least one row is shown", remedy="leave it out, or give 1 or more")
    if not len(rows):
        raise FrameError("the DataFrame has no rows to fill the template in with; check how it was read or filtered")
    text = template if isinstance(template, str) else worker_template(template)
    if isinstance(template, Task) and labels is None:
        labels = [label.name for label in template.labels]
    shown = rows.iloc[:count]
    problems: list[str] = []
    if len(text) > LARGEST_TEMPLATE:
        problems.append(f"it has {len(text):,} characters, of the {LARGEST_TEMPLATE:,} that a template may have")
    names, pages = [], []
    for line, folder in zip(_lines(shown), folders(shown), strict=True):
        entered = dict(pre({"version": "2018-10-16", "labelingJobArn": "", "dataObject": line}, None)["taskInput"])
        if labels is not None:
            entered.setdefault("labels", list(labels))
        page, found = _rendered(text, entered, role, region) if service else _filled(text, entered, folder)
        names.append(str(entered.get("taskObject", line)))
        pages.append(page)
        problems += [problem for problem in found if problem not in problems]
    return TemplatePreview(names, pages, problems)


def _lines(frame: pd.DataFrame) -> list[dict[str, Any]]:
    written = io.BytesIO()
    write_manifest(frame, written)
    return [json.loads(line) for line in written.getvalue().splitlines()]


def _filled(template: str, entered: Mapping[str, Any], folder: str | None) -> tuple[str, list[str]]:
    page, problems = fill(template, entered, lambda url: _data_url(url, folder))
    problems += _Checks.of(page)
    elements = f"<script>{_elements()}</script>"
    body, loads = _LOADS_ELEMENTS.subn("", page)
    if not loads:
        problems.insert(0, f"it does not load {_ELEMENTS}, without which crowd elements are nothing")
    head = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">{elements}'
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>", problems


def _elements() -> str:
    return files("nblabel").joinpath("static", "crowd-elements.js").read_text(encoding="utf-8")


def _data_url(url: Any, folder: str | None) -> str:
    """Give a file as a URL that has all of it; what is no file, such as a URL of the web, stays as it is."""
    if not isinstance(url, str) or url.startswith(("https://", "http://", "data:")):
        return str(url)
    content = storage.read_bytes(storage.resolve(url, [folder, "."]))
    kind = mimetypes.guess_type(url)[0] or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


class _Checks(HTMLParser):
    """Finds what keeps a page from handing anything in."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts = ""
        self._script = False

    @classmethod
    def of(cls, page: str) -> list[str]:
        found = cls()
        found.feed(page)
        found.close()
        return found.problems()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._script = tag == "script"

    def handle_data(self, data: str) -> None:
        if self._script:
            self.scripts += data

    def handle_endtag(self, tag: str) -> None:
        self._script = self._script and tag != "script"

    def problems(self) -> list[str]:
        names = {tag for tag, _ in self.tags}
        problems = []
        if "crowd-form" not in names and not names & _SUBMITS_ITSELF:
            problems.append("it has no <crowd-form>, so nothing can be handed in")
        elif not any("name" in attributes for tag, attributes in self.tags if tag != "meta"):
            problems.append("nothing in it has a name=, so the answer would be empty")
        buttons = [attributes for tag, attributes in self.tags if tag == "crowd-button" and attributes.get("form-action") == "submit"]
        hidden = buttons and all(_HIDDEN.search(button.get("style") or "") or "hidden" in button for button in buttons)
        # The labeler's script is compressed; it is known by where it starts.
        submits = ".submit(" in self.scripts or any("data-script" in attributes for _, attributes in self.tags)
        if hidden and not submits:
            problems.append('its <crowd-button form-action="submit"> is hidden, and no script submits the form')
        loaded = (attributes.get(name) or "" for tag, attributes in self.tags if tag != "a" for name in ("src", "href"))
        others = [url for url in loaded if url.startswith(("https://", "http://", "//")) and url != _ELEMENTS]
        return problems + [f"{url:.120} is not loaded in a preview" for url in dict.fromkeys(others)]


def _rendered(template: str, entered: Mapping[str, Any], role: str | None, region: str | None) -> tuple[str, list[str]]:
    if role is None:
        raise RequestError("RoleArn", None, "SageMaker reads files as a role", remedy="give its ARN: role=")
    request = {"UiTemplate": {"Content": template}, "Task": {"Input": json.dumps(entered)}, "RoleArn": role}
    check_request("sagemaker", "RenderUiTemplate", request)
    client = make_client("sagemaker", region)
    with explained("RenderUiTemplate"):
        found = client.render_ui_template(**request)
    return found["RenderedContent"], [f"{error['Message']} ({error['Code']})" for error in found.get("Errors", [])]
