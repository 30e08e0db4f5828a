"""A stand-in for the labeling jobs of SageMaker, over real HTTP: the protocol of AWS, requests checked against botocore's whole model.

Objects are labeled by `GroundTruth.answer`, which writes Ground Truth's output tree to S3 (moto's, in tests). Faults can be put before or behind any
call.
"""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import botocore.session
from harness.workforces import Workforces

from nblabel import storage
from nblabel.aws.model import check_request
from nblabel.errors import RequestError

ACCOUNT = "111122223333"
TERMINAL = {"Completed", "Failed", "Stopped"}


class RefusalError(Exception):
    """What the service answers instead."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


@cache
def _model():
    return botocore.session.get_session().get_service_model("sagemaker")


class GroundTruth(Workforces):
    """The service of one region.

    Attributes
    ----------
    endpoint : str
        Its address.
    calls : list of str
        The operations that were asked for, faults included.
    """

    refusal = RefusalError

    def __init__(self, region="us-east-1"):
        super().__init__()
        self.region = region
        self._place = f"arn:aws:sagemaker:{region}:{ACCOUNT}"
        self.jobs = {}
        self.calls = []
        self._faults = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # What a test does

    def fail(self, call, code, *, after=False):
        """Let the call of that number (0 is the next one) be refused; with `after` it takes effect, and its answer gets lost."""
        self._faults[len(self.calls) + call] = (code, after)

    def answer(self, name, label, count=None):
        """Label objects that lack it; the job ends with the last one.

        `label` gives the label, its metadata and the answers (by worker) for a line.
        """
        job = self.jobs[name]
        self._advance(job)
        lines = self._lines(job)
        attribute = job["LabelAttributeName"]
        todo = [place for place, line in enumerate(lines) if attribute not in line and place not in job["labels"]]
        root = f"{job['OutputConfig']['S3OutputPath'].rstrip('/')}/{name}"
        iteration = job["iteration"] = job.get("iteration", 0) + 1
        consolidated = []
        for place in todo[:count]:
            made, metadata, answers = label(place, lines[place])
            job["labels"][place] = {attribute: made, f"{attribute}-metadata": {**metadata, "job-name": f"labeling-job/{name}"}}
            moment = "2024-03-04T09:50:00Z"
            contents = [
                {"acceptanceTime": moment, "submissionTime": moment, "timeSpentInSeconds": 1.5, "workerId": worker, "answerContent": content}
                for worker, content in answers.items()
            ]
            self._write(f"{root}/annotations/worker-response/iteration-{iteration}/{place}/2024-03-04_09:50:00.json", {"answers": contents})
            consolidated.append({"datasetObjectId": str(place), "consolidatedAnnotation": {"content": job["labels"][place]}})
        response = f"{root}/annotations/consolidated-annotation/consolidation-response/iteration-{iteration}/2024-03-04_09:50:00.json"
        self._write(response, consolidated)
        if len(todo) == len(consolidated):
            self._end(job, "Completed")

    # The operations

    def create_labeling_job(self, request):
        name = request["LabelingJobName"]
        if name.lower() in map(str.lower, self.jobs):
            raise RefusalError("ResourceInUse", f"Labeling job already exists: {name}")
        for place in (request["InputConfig"]["DataSource"]["S3DataSource"]["ManifestS3Uri"], request["LabelCategoryConfigS3Uri"]):
            if not storage.exists(place):
                raise RefusalError("ValidationException", f"Could not read {place}")
        now = datetime.now(UTC).timestamp()
        self.jobs[name] = {**request, "LabelingJobStatus": "Initializing", "CreationTime": now, "LastModifiedTime": now, "labels": {}}
        return {"LabelingJobArn": self._arn(name)}

    def describe_labeling_job(self, request):
        job = self._find(request)
        found = {name: value for name, value in job.items() if name not in {"labels", "iteration"}}
        total = len(self._lines(job))
        attribute = job["LabelAttributeName"]
        before = sum(attribute in line for line in self._lines(job))
        labeled = before + len(job["labels"])
        counters = {"TotalLabeled": labeled, "HumanLabeled": labeled, "MachineLabeled": 0, "FailedNonRetryableError": 0, "Unlabeled": total - labeled}
        found |= {"LabelCounters": counters, "LabelingJobArn": self._arn(job["LabelingJobName"]), "JobReferenceCode": "abc123", "Tags": []}
        self._advance(job)
        return found

    def list_labeling_jobs(self, request):
        wanted = request.get("NameContains", "")
        found = [self.describe_labeling_job({"LabelingJobName": name}) for name in sorted(self.jobs) if wanted in name]
        fields = _model().shape_for("LabelingJobSummary").members
        summaries = [{name: value for name, value in job.items() if name in fields} for job in found]
        return {
            "LabelingJobSummaryList": [
                {**each, "WorkteamArn": job["HumanTaskConfig"]["WorkteamArn"]} for each, job in zip(summaries, found, strict=True)
            ]
        }

    def stop_labeling_job(self, request):
        job = self._find(request)
        if job["LabelingJobStatus"] in TERMINAL:
            raise RefusalError("ValidationException", f"the job is {job['LabelingJobStatus']}")
        job["LabelingJobStatus"] = "Stopping"
        return {}

    # Inner workings

    def _find(self, request):
        wanted = request["LabelingJobName"]
        found = next((job for name, job in self.jobs.items() if name.lower() == wanted.lower()), None)
        if found is None:
            raise RefusalError("ResourceNotFound", f"Could not find requested job with name: {wanted}")
        return found

    def _arn(self, name):
        return f"arn:aws:sagemaker:{self.region}:{ACCOUNT}:labeling-job/{name.lower()}"

    def _advance(self, job):
        if job["LabelingJobStatus"] == "Initializing":
            job["LabelingJobStatus"] = "InProgress"
        elif job["LabelingJobStatus"] == "Stopping":
            self._end(job, "Stopped")

    def _end(self, job, status):
        place = f"{job['OutputConfig']['S3OutputPath'].rstrip('/')}/{job['LabelingJobName']}/manifests/output/output.manifest"
        lines = [{**line, **job["labels"].get(number, {})} for number, line in enumerate(self._lines(job))]
        storage.write_bytes_atomic(place, ["".join(json.dumps(line) + "\n" for line in lines).encode()])
        job["LabelingJobOutput"] = {"OutputDatasetS3Uri": place, "FinalActiveLearningModelArn": ""}
        job["LabelingJobStatus"] = status

    @staticmethod
    def _lines(job):
        text = storage.read_bytes(job["InputConfig"]["DataSource"]["S3DataSource"]["ManifestS3Uri"]).decode()
        return [json.loads(line) for line in text.splitlines()]

    @staticmethod
    def _write(place, content):
        storage.write_bytes_atomic(place, [json.dumps(content).encode()])

    def _reply(self, operation, request):
        number = len(self.calls)
        self.calls.append(operation)
        code, after = self._faults.pop(number, (None, False))
        if code is not None and not after:
            raise RefusalError(code, "a fault of the test")
        try:
            check_request("sagemaker", operation, request)
        except RequestError as error:
            raise RefusalError("ValidationException", str(error)) from error
        method = getattr(self, "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in operation).lstrip("_"), None)
        if method is None:
            raise RefusalError("UnknownOperationException", operation)
        found = method(request)
        if code is not None:
            raise RefusalError(code, "the answer got lost")
        return found

    def _handler(service):  # noqa: N805 - the handler has a self of its own
        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_POST(self):
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
                try:
                    status, found = 200, service._reply(self.headers["X-Amz-Target"].split(".")[1], request)
                except RefusalError as refusal:
                    status, found = 400, {"__type": refusal.code, "message": str(refusal)}
                content = json.dumps(found).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.1")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        return Handler
