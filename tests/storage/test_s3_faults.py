"""What S3 does on a bad day: answers that moto's server never gives, over real HTTP."""

import base64
import zlib

import boto3
import pytest
from harness.scripted_server import Answer, error, scripted_server

from nblabel.errors import StorageError
from nblabel.storage import s3_upload
from nblabel.storage.s3 import S3, make_client

CONTENT = bytes(range(256)) * 20_000


@pytest.fixture
def serve(monkeypatch):
    """Start a server with these answers, or what makes them of requests, the last for ever; gives S3 as it is there, and the list of requests."""
    monkeypatch.setattr("time.sleep", lambda _: None)  # botocore waits between attempts
    with pytest.MonkeyPatch.context() as patch:
        stack = []

        def start(*answers, attempts=3):
            left = list(answers)

            def answer(request):
                found = left.pop(0) if len(left) > 1 else left[0]
                return found(request) if callable(found) else found

            running = scripted_server(answer)
            address, requests = running.__enter__()
            stack.append(running)
            patch.setenv("AWS_ENDPOINT_URL", address)
            return S3(make_client(boto3.Session(), retries={"total_max_attempts": attempts, "mode": "standard"})), requests

        yield start
        for running in stack:
            running.__exit__(None, None, None)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (error(403, "AccessDenied"), r"access denied; .* needs s3:GetObject to read"),
        (error(400, "ExpiredToken"), r"the credentials have expired; get new ones \(aws sso login"),
        (error(403, "InvalidAccessKeyId"), "AWS does not know the credentials in use; sign in"),
        (error(403, "SignatureDoesNotMatch"), "AWS does not know the credentials in use"),
        (error(503, "SlowDown"), "S3 asks to go slower, also after several attempts; try again in a minute"),
        (error(500, "InternalError"), "S3 failed inside"),
        (error(301, "PermanentRedirect", x_amz_bucket_region="eu-west-3"), r"the bucket is in another region; set AWS_DEFAULT_REGION.*: eu-west-3"),
        (error(400, "AuthorizationHeaderMalformed", x_amz_bucket_region="eu-west-3"), "the bucket is in another region"),
        (error(403, "InvalidObjectState"), "the object is archived; restore it first"),
        (error(400, "KMS.DisabledException"), "the KMS key cannot be used"),
        (error(403, "RequestTimeTooSkewed"), "the clock of this machine is wrong"),
        (error(418, "Teapot"), r"Told so\. \(Teapot\); correct what it names"),
    ],
)
def test_errors_say_what_to_do(serve, answer, message):
    s3, _ = serve(answer)
    for ask in (
        s3.read_bytes,
        lambda url: list(s3.list_files(url)),
        lambda url: s3.write_bytes_atomic(url, [b"x"]),
        lambda url: s3.upload({url: b"x"}),
    ):
        with pytest.raises(StorageError, match=message) as caught:
            ask("s3://bucket/x")
        assert caught.value.uri == "s3://bucket/x"


@pytest.mark.parametrize(
    ("status", "message"), [(403, "access denied"), (400, "expired credentials and for a bucket of another region"), (503, "go slower")]
)
def test_answers_without_a_body(serve, status, message):
    s3, _ = serve(Answer(status))
    for ask in (s3.size, s3.exists):
        with pytest.raises(StorageError, match=message):
            ask("s3://bucket/x")


def test_a_throttled_request_is_repeated(serve):
    s3, requests = serve(error(503, "SlowDown"), error(503, "SlowDown"), Answer(200, b"here", {"ETag": '"1"'}))
    assert s3.read_bytes("s3://bucket/x") == b"here"
    assert len(requests) == 3


def test_a_broken_connection_goes_on_where_it_was(serve):
    whole = Answer(200, CONTENT, {"ETag": '"1"'}, cut=3_000_000)

    def rest(request):
        start = int(request.headers["Range"].removeprefix("bytes=").partition("-")[0])
        return Answer(206, CONTENT[start:], {"ETag": '"1"'}, cut=1_500_000 if start < 3_500_000 else None)

    s3, requests = serve(whole, rest)
    assert s3.read_bytes("s3://bucket/x") == CONTENT
    assert [request.headers.get("If-Match") for request in requests] == [None, '"1"', '"1"']

    s3, _ = serve(whole, error(412, "PreconditionFailed"))
    with pytest.raises(StorageError, match="the object has changed since it was read"):
        s3.read_bytes("s3://bucket/x")
    s3, requests = serve(Answer(200, CONTENT, {"ETag": '"1"'}, cut=0))
    with pytest.raises(StorageError, match="the connection to S3 broke off, also after several attempts; check the network"):
        s3.read_bytes("s3://bucket/x")
    assert len(requests) == 5


def listing(*keys, encoded=True, more=False):
    contents = "".join(f"<Contents><Key>{key}</Key><Size>{number}</Size><Odd/></Contents>" for number, key in enumerate(keys))
    kind = "<EncodingType>url</EncodingType>" if encoded else ""
    token = "<NextContinuationToken>next</NextContinuationToken>" if more else ""
    return Answer(200, f"<ListBucketResult>{kind}{contents}<IsTruncated>{str(more).lower()}</IsTruncated>{token}</ListBucketResult>".encode())


def test_listings_of_other_servers(serve):
    s3, requests = serve(listing("a+b%2Bc", more=True), error(503, "SlowDown"), listing("d"))
    assert [tuple(file) for file in s3.list_files("s3://bucket")] == [("s3://bucket/a b+c", "a b+c", 0), ("s3://bucket/d", "d", 0)]
    assert "continuation-token=next" in requests[-1].path
    s3, _ = serve(listing("a+b &amp; &lt;c&gt;", encoded=False))
    assert [file.name for file in s3.list_files("s3://bucket")] == ["a+b & <c>"]
    odd = listing("a%20b", "c")
    s3, _ = serve(odd._replace(body=odd.body.replace(b"<Key>", b"<Key xml:space='preserve'>")))
    assert [tuple(file) for file in s3.list_files("s3://bucket")] == [("s3://bucket/a b", "a b", 0), ("s3://bucket/c", "c", 1)]


@pytest.mark.parametrize("right", [True, False])
def test_parts_are_known_by_their_checksum_where_the_tag_is_none(serve, monkeypatch, right):
    monkeypatch.setattr(s3_upload, "LARGE", 1)
    crc = base64.b64encode(zlib.crc32(CONTENT if right else b"").to_bytes(4, "big")).decode()
    part = f"<Part><PartNumber>1</PartNumber><ETag>encrypted</ETag><ChecksumCRC32>{crc}</ChecksumCRC32></Part>"
    s3, requests = serve(
        Answer(200, b"<ListBucketResult/>"),
        Answer(200, b"<R><Upload><Key>x.bin</Key><UploadId>0</UploadId></Upload><Upload><Key>x</Key><UploadId>7</UploadId></Upload></R>"),
        Answer(200, f"<R><IsTruncated>false</IsTruncated>{part}</R>".encode()),
        *([] if right else [Answer(200, b"", {"ETag": '"new"'})]),
        Answer(200, b"<R><ETag>done</ETag></R>"),
    )
    s3.upload({"s3://bucket/x": CONTENT})
    assert [(request.method, "uploadId=7" in request.path) for request in requests[2:]] == [
        ("GET", True),
        *([] if right else [("PUT", True)]),
        ("POST", True),
    ]
