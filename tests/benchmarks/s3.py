"""List 100,000 keys and send files, against boto3 in the same run.

A server of canned answers in another process stands in for S3, so that the client's own cost shows; a real network adds its own to both. Prints CPU
seconds of the client and wall seconds (medians of the rounds), and how many times less nblabel takes. Run it by hand::

    python tests/benchmarks/s3.py [keys] [rounds]
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import sys
import tempfile
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from harness import aws

PAGE = 1000
SMALL, LARGE = (500, 100_000), (1, 256 << 20)


class Handler(BaseHTTPRequestHandler):
    """Lists a bucket of any size, page by page, and takes what is sent."""

    protocol_version = "HTTP/1.1"
    keys = 0

    def log_message(self, *_):
        """Say nothing."""

    def _answer(self, body=b""):
        self.send_response(200)
        self.send_header("ETag", '"0"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        """List."""
        query = dict(urllib.parse.parse_qsl(self.path.partition("?")[2], keep_blank_values=True))
        if "list-type" not in query:
            self._answer(b"<ListMultipartUploadsResult/>")
            return
        first = int(query.get("continuation-token", "0"))
        last = min(first + PAGE, self.keys if query["prefix"] == "front/" else 0)
        contents = "".join(
            f"<Contents><Key>front/2024/{number // 1000:04}/frame-{number:07}.jpg</Key><LastModified>2024-03-04T09:51:00.000Z</LastModified>"
            f"<ETag>&quot;{number:032x}&quot;</ETag><Size>{number}</Size><StorageClass>STANDARD</StorageClass></Contents>"
            for number in range(first, last)
        )
        more = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{last}</NextContinuationToken>" if last < self.keys else ""
        self._answer(
            f"<ListBucketResult><Name>bucket</Name><EncodingType>url</EncodingType><KeyCount>{last - first}</KeyCount>{more if last else ''}"
            f"{contents}</ListBucketResult>".encode()
        )

    def do_PUT(self):
        """Take a file or a part."""
        left = int(self.headers["Content-Length"])
        while left:
            left -= len(self.rfile.read(min(left, 1 << 20)))
        self._answer()

    def do_POST(self):
        """Begin or complete an upload in parts."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._answer(b"<R><UploadId>1</UploadId><ETag>0</ETag></R>")


def serve(keys, pipe):
    Handler.keys = keys
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    pipe.send(server.server_port)
    server.serve_forever()


def measure(methods, rounds):
    times = {name: [] for name in methods}
    for _ in range(rounds):
        for name, method in methods.items():
            cpu, wall = time.process_time(), time.perf_counter()
            method()
            times[name].append((time.process_time() - cpu, time.perf_counter() - wall))
    return {name: tuple(statistics.median(column) for column in zip(*taken, strict=True)) for name, taken in times.items()}


def show(title, methods, rounds):
    print(title)
    results = measure(methods, rounds)
    own_cpu, own_wall = results["nblabel"]
    for name, (cpu, wall) in results.items():
        print(f"  {name:45} CPU {cpu:6.2f} s ({cpu / own_cpu:5.1f} x)   wall {wall:6.2f} s ({wall / own_wall:5.1f} x)")


def main(keys=100_000, rounds=3):
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(keys, theirs), daemon=True)
    server.start()
    aws.lead_to(f"http://127.0.0.1:{ours.recv()}", os.environ)

    from nblabel.storage.s3 import S3, make_client

    client = make_client()
    s3 = S3(client)

    def paginate():
        pages = client.get_paginator("list_objects_v2").paginate(Bucket="bucket", Prefix="front/")
        return [(found["Key"], found["Size"]) for page in pages for found in page.get("Contents", [])]

    def own_listing():
        return [(file.ref, file.size) for file in s3.list_files("s3://bucket/front/")]

    assert [(f"s3://bucket/{key}", size) for key, size in paginate()] == own_listing()
    show(f"list {keys:,} keys", {"nblabel": own_listing, "boto3's paginator": paginate}, rounds)

    with tempfile.TemporaryDirectory() as folder:
        for count, size in (SMALL, LARGE):
            paths = [Path(folder, f"{size}-{number}") for number in range(count)]
            for path in paths:
                path.write_bytes(os.urandom(size))
            files = {f"s3://bucket/new/{path.name}": path for path in paths}

            def send(path):
                client.upload_file(str(path), "bucket", f"new/{path.name}")

            def many(paths=paths):
                with ThreadPoolExecutor(16) as pool:
                    list(pool.map(send, paths))

            methods = {
                "nblabel": lambda files=files: s3.upload(files, progress=lambda *_: None),
                "boto3's upload_file, one after the other": lambda paths=paths: [send(path) for path in paths],
            }
            if count > 1:
                methods["boto3's upload_file in 16 threads"] = many
            show(f"send {count} x {size / 1e6:,.1f} MB", methods, rounds)
    server.terminate()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
