"""Worker templates filled in here: what they show, and what is said of their mistakes."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest
from harness.ground_truth import GroundTruth
from harness.photographs import save_photographs

import nblabel as nl
from nblabel.errors import FrameError, MissingExtraError, RequestError, StorageError

TEXTS = pd.DataFrame({"source": ["Lovely.", "Dreadful."], "price": [1, 2]})
FORM = """<script src='https://assets.crowd.aws/crowd-html-elements.js'></script>
<crowd-form><crowd-input name="comment"></crowd-input>{{ task.input.taskObject }} TAG</crowd-form>"""
ROLE = "arn:aws:iam::111122223333:role/GroundTruth"


@pytest.mark.parametrize(
    ("template", "problems"),
    [
        (FORM, []),
        (FORM.replace("TAG", "{{ task.input.manifestLine.price }}"), []),
        (FORM.replace("TAG", "\n{{ task.input.wrong | default: 3 }}"), []),
        (FORM.replace("TAG", "\n{{ task.input.wrong | to_json | escape }}"), [r"line 3: task\.input\.wrong is undefined; the task input has \['man"]),
        (FORM.replace("crowd-form", "form"), ["it has no <crowd-form>"]),
        (FORM.replace('name="comment"', ""), ["nothing in it has a name="]),
        (FORM.replace("TAG", '<crowd-button form-action="submit" style="display : none"></crowd-button>'), ["is hidden, and no script submits"]),
        (FORM.replace("TAG", '<crowd-button form-action="submit" hidden></crowd-button><script>f.submit();</script>'), []),
        (
            FORM.replace("TAG", '<link href="//cdn.example/a.css"><img src="https://x.example/a.png">'),
            ["cdn.example/a.css is", "a.png is not loaded"],
        ),
        (FORM.partition("\n")[2], ["does not load https://assets.crowd.aws"]),
        (FORM + " " * 128_000, ["of the 128,000"]),
    ],
)
def test_mistakes_are_named(template, problems, no_network):
    found = nl.aws.preview(template, TEXTS)
    assert len(found.problems) == len(problems)
    for problem, pattern in zip(found.problems, problems, strict=True):
        assert re.search(pattern, problem)
        assert problem in repr(found)
    assert [page.count(text) for page, text in zip(found.pages, TEXTS["source"], strict=True)] == [1, 1]


@pytest.mark.parametrize("piece", ["{% if %}", "{{ x | fetch }}", "{% include 'x' %}", "{{ x"])
def test_what_is_no_liquid_is_refused_with_its_line(piece):
    with pytest.raises(RequestError, match=r"the worker template, line 2 .*service=True"):
        nl.aws.preview(FORM.replace("TAG", piece), TEXTS)


def test_rows_fill_it_in_and_files_are_inside(tmp_path, no_network):
    frame = nl.read_manifest(save_photographs(tmp_path))
    shown = nl.aws.preview(nl.BoundingBox(["cat", "it's"]), frame, count=2)
    assert shown.names == ["0.jpg", "1.jpg"]
    assert all('src="data:image/jpeg;base64,' in page and "it&#x27;s" not in page.partition("<body>")[0] for page in shown.pages)
    html = shown._repr_html_()
    assert html.count('<iframe sandbox="allow-scripts" srcdoc=') == 2
    assert "<script" not in html, "what is inside is escaped"
    with pytest.raises(StorageError):
        nl.aws.preview(nl.BoundingBox(["cat"]), pd.DataFrame({"source-ref": ["none.jpg"]}))
    with pytest.raises(FrameError, match="no rows"):
        nl.aws.preview(FORM, TEXTS.iloc[:0])
    with pytest.raises(FrameError, match="expected a DataFrame, got list"):
        nl.aws.preview(FORM, ["Lovely."])
    for template, options in [(3, {}), (FORM, {"count": 0})]:
        with pytest.raises(RequestError, match=r"must be a task|at least one row"):
            nl.aws.preview(template, TEXTS, **options)
    with pytest.raises(RequestError, match=r"AWS keeps|no template of ours"):
        nl.aws.preview(nl.NamedEntityRecognition(["Person"]), TEXTS)


def test_the_input_may_be_that_of_a_function_of_ones_own():
    template = FORM.replace("TAG", "{{ task.input.hint }}{% for each in task.input.labels %}<b>{{ each }}</b>{% endfor %}")
    shown = nl.aws.preview(template, TEXTS, labels=["<i>", "dog"], pre=lambda event, _: {"taskInput": {"hint": event["dataObject"]["price"]}})
    assert shown.problems == ["line 2: task.input.taskObject is undefined; the task input has ['hint', 'labels']"]
    assert "1<b>&lt;i&gt;</b><b>dog</b>" in shown.pages[0]


def test_without_python_liquid_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "liquid", None)
    with pytest.raises(MissingExtraError, match=r"nblabel\[preview\]"):
        nl.aws.preview(FORM, TEXTS)


def test_sagemaker_renders_it_on_request(aws_environment):
    class Service(GroundTruth):
        def render_ui_template(self, request):
            assert request["RoleArn"] == ROLE
            entered = json.loads(request["Task"]["Input"])
            errors = [{"Code": "LiquidError", "Message": "no such filter"}] if "TAG" in request["UiTemplate"]["Content"] else []
            return {"RenderedContent": f"<p>{entered['taskObject']}</p>", "Errors": errors}

    with Service() as service:
        aws_environment.setenv("AWS_ENDPOINT_URL_SAGEMAKER", service.endpoint)
        found = nl.aws.preview(FORM, TEXTS, service=True, role=ROLE)
        assert found.pages == ["<p>Lovely.</p>", "<p>Dreadful.</p>"]
        assert found.problems == ["no such filter (LiquidError)"]
        assert service.calls == ["RenderUiTemplate"] * 2
        with pytest.raises(RequestError, match="RoleArn is missing"):
            nl.aws.preview(FORM, TEXTS, service=True)
        with pytest.raises(RequestError, match=r"UiTemplate\.Content"):
            nl.aws.preview(" " * 130_000, TEXTS, service=True, role=ROLE)
        assert len(service.calls) == 2
