"""All calls of boto3 in one order, on their way to moto or to the stand-in for SageMaker: any of them can be refused, or its answer lost."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Calls:
    """A server in between.

    Attributes
    ----------
    endpoint : str
        Its address.
    seen : list of str
        The operations, in the order in which they came.
    """

    def __init__(self, moto, sagemaker):
        self._targets = {"moto": moto, "SageMaker": sagemaker}
        self.seen = []
        self._fault = None
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

    def fail(self, call, code):
        """Refuse the call of that number (0 is the next one); the code ``lost`` lets it take effect, and loses the answer."""
        self._fault = (len(self.seen) + call, code)

    def _handler(calls):  # noqa: N805 - the handler has a self of its own
        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"] or 0))
                target = self.headers.get("X-Amz-Target", "")
                form = dict(part.partition("=")[::2] for part in body.decode(errors="replace").split("&")) if not target else {}
                number = len(calls.seen)
                calls.seen.append(target.rpartition(".")[2] or form.get("Action", "?"))
                place, code = calls._fault or (None, None)
                if number == place and code != "lost":
                    return self._refuse(code, json=bool(target))
                base = calls._targets["SageMaker" if target.startswith("SageMaker.") else "moto"]
                headers = {name: value for name, value in self.headers.items() if name.lower() not in {"host", "content-length"}}
                request = urllib.request.Request(base + self.path, body, headers, method="POST")
                try:
                    with urllib.request.urlopen(request, timeout=30) as answer:
                        status, content, kind = answer.status, answer.read(), answer.headers["Content-Type"]
                except urllib.error.HTTPError as error:
                    status, content, kind = error.code, error.read(), error.headers["Content-Type"]
                if number == place:
                    self.close_connection = True
                    return None
                return self._send(status, content, kind)

            def _refuse(self, code, *, json):
                if json:
                    return self._send(400, f'{{"__type": "{code}", "message": "a fault of the test"}}'.encode(), "application/x-amz-json-1.1")
                text = f"<ErrorResponse><Error><Code>{code}</Code><Message>a fault of the test</Message></Error></ErrorResponse>"
                return self._send(400, text.encode(), "text/xml")

            def _send(self, status, content, kind):
                self.send_response(status)
                self.send_header("Content-Type", kind or "application/x-amz-json-1.1")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        return Handler
