"""The labeler in a worker template: the front end of a task type, whole, in a custom template of Ground Truth.

A template is one file. The script is in it, compressed: templates may have 128,000 characters (`RenderUiTemplate` in the API reference). It loads
nothing but Ground Truth's own ``crowd-html-elements.js``, which submits the form, and the object and examples. What Liquid fills in is JSON in
attributes, so line ends and offsets stay as they are. `nblabel.template_answers` reads what is handed in.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from importlib.resources import files
from typing import TYPE_CHECKING

from nblabel import schema
from nblabel.aws.markup import escape
from nblabel.errors import RequestError, StoreError
from nblabel.tasks.base import Media
from nblabel.template_answers import FIELD

if TYPE_CHECKING:
    from nblabel.labels import Instructions
    from nblabel.tasks import Task

__all__ = ["LARGEST_TEMPLATE", "labeler_template"]

LARGEST_TEMPLATE = 128_000
"""Characters that a template may have, as far as the API reference says."""

# What `pre_annotation` and the built-in functions give is task.input.taskObject; PassThrough gives the line of the manifest.
_OBJECT = '{% assign object = task.input.taskObject | default: task.input["source-ref"] | default: task.input.source %}'
# A text stands in the line, or in a file; only files have URLs that can be signed.
_URL = ' data-url="{{ object | grant_read_access }}"'
_URLS = {"image": _URL, "text": f'{{% assign scheme = object | slice: 0, 5 %}}{{% if scheme == "s3://" %}}{_URL}{{% endif %}}'}
_LOADER = """\
(async () => {
  const place = document.getElementById("nblabel");
  try {
    const packed = Uint8Array.from(atob(place.dataset.script), (sign) => sign.charCodeAt(0));
    const script = document.createElement("script");
    script.textContent = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
    document.head.append(script);
  } catch (error) {
    place.textContent = "This task cannot be shown (" + error.message + "). Update your browser, or decline the task.";
  }
})();
"""


def labeler_template(task: Task, *, instructions: Instructions | None = None, job: str = "") -> str:
    """Write a worker template that has the labeler of a task in it.

    Parameters
    ----------
    task : Task
        What is asked.
    instructions : Instructions, optional
        What workers are told in place of the task's; examples are URLs as `nblabel.aws.examples.place_examples` gives them.
    job : str
        The job's name: what is kept in a worker's browser is kept for the job.

    Raises
    ------
    RequestError
        The task begins with labels that are there already, or the template would be too large.
    StoreError
        The script is missing from this installation.
    """
    if task.of is not None:
        rule = "the labeler in a template begins with nothing"
        raise RequestError("template", "nblabel", rule, remedy="leave template= out, or adjust and verify with a team of nl.LocalWorkforce")
    view = task.view()
    shown = instructions or task.instructions
    given = {
        "task": schema.dump(view),
        "groundtruthType": task.groundtruth_type,
        "media": task.media,
        "value": schema.dump(task.begin(None, Media())),
    }
    given["job"] = job or hashlib.sha256(json.dumps(given).encode()).hexdigest()[:12]
    examples = ", ".join(_signed(url) for url in (*shown.good, *shown.bad))
    attributes = [
        f'data-given="{escape(json.dumps(given))}"',
        'data-object="{{ object | to_json | escape }}"' + _URLS[task.media],
        f'data-examples="[{examples}]"',
        f'data-script="{_script(view.type)}"',
    ]
    template = (
        '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>\n'
        f'<crowd-form>\n  <input type="hidden" name="{FIELD}">\n'
        '  <crowd-button form-action="submit" style="display: none"></crowd-button>\n</crowd-form>\n'
        f'{_OBJECT}<div id="nblabel" {" ".join(attributes)}>Loading…</div>\n'
        f"<script>\n{_LOADER}</script>\n"
    )
    if len(template) > LARGEST_TEMPLATE:
        rule = f"it must have at most {LARGEST_TEMPLATE:,} characters, most of which are for labels and instructions"
        raise RequestError("the worker template", f"{len(template):,} characters", rule, remedy="shorten instructions and descriptions")
    return template


def _signed(url: str) -> str:
    """Write the URL of an example as JSON in an attribute; of one on S3 that which Ground Truth signs."""
    if url.startswith("s3://"):
        return '{{ "' + url + '" | grant_read_access | to_json | escape }}'
    return escape(json.dumps(url))


def _script(name: str) -> str:
    path = files("nblabel").joinpath("static", f"{name}.worker.js")
    if not path.is_file():
        raise StoreError(f"{path}: the front end of {name!r} is missing from this installation; run: pip install --force-reinstall nblabel")
    return base64.b64encode(gzip.compress(path.read_bytes(), mtime=0)).decode()
