"""A worker's page of Ground Truth: a template filled in, in a real browser, with elements of ours in place of Amazon's."""

from __future__ import annotations

import json
from importlib.resources import files
from urllib.parse import quote

from nblabel.aws.liquid import fill

TASK = "https://worker.example/task"
_FILES = "https://files.example/"
_ANSWERS = "addEventListener('message', ({ data }) => { if (data.nblabel === 'answer') (window.answers ??= []).push(data.answers); });"


class WorkerPage:
    """Shows templates in a page; nothing but what is served here can be reached.

    Attributes
    ----------
    files : dict
        What signed URLs lead to.
    elements : str or None
        A script in place of our elements.
    refused : list
        URLs that were asked for in vain.
    """

    def __init__(self, page):
        self.page = page
        self.files = {}
        self.elements = None
        self.refused = []
        self._shown = ""
        page.add_init_script(_ANSWERS)
        page.route("**/*", self._serve)

    def show(self, template, entered, driver):
        """Open the template, filled in with a task input; gives what drives the labeler in it."""
        self._shown, problems = fill(template, entered, lambda url: _FILES + quote(url, safe=""))
        assert problems == []
        self.page.goto(TASK)
        return driver(self.page)

    def content(self):
        """What was handed in last, as Ground Truth has it in an answer's content."""
        self.page.wait_for_function("window.answers?.length > 0")
        return self.page.evaluate("window.answers.pop()")

    def _serve(self, route):
        url = route.request.url
        if url == TASK:
            route.fulfill(body=self._shown, content_type="text/html; charset=utf-8")
        elif url == "https://assets.crowd.aws/crowd-html-elements.js":
            ours = files("nblabel").joinpath("static", "crowd-elements.js").read_text()
            route.fulfill(body=ours if self.elements is None else self.elements, content_type="text/javascript")
        elif (found := self.files.get(url.removeprefix(_FILES))) is not None:
            route.fulfill(body=found, headers={"Access-Control-Allow-Origin": "*", "Content-Type": "binary/octet-stream"})
        else:
            self.refused.append(url)
            route.fulfill(status=403, headers={"Access-Control-Allow-Origin": "*"})

    def add(self, url, content):
        """Put a file where the template's signed URLs lead."""
        self.files[quote(url, safe="")] = content


def payload(content, *, text):
    """Give the answer of one worker as a post-annotation Lambda function gets it."""
    shown = {"content": "a text"} if text else {"s3Uri": "s3://bucket/1.jpg"}
    return [{"datasetObjectId": "0", "dataObject": shown, "annotations": [{"workerId": "w", "annotationData": {"content": json.dumps(content)}}]}]
