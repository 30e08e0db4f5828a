"""Moto's server, which stands in for AWS over real HTTP, in a process of its own.

Its address goes to stdout; it ends when its stdin is closed.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys

NOWHERE = "http://127.0.0.1:1"


def lead_to(endpoint, variables):
    """Lead boto3 to a server, away from AWS and from the configuration of whoever runs the tests."""
    for name in [name for name in variables if name.startswith("AWS_")]:
        del variables[name]
    variables |= {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_CONFIG_FILE": "",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_SHARED_CREDENTIALS_FILE": "",
    }


@contextlib.contextmanager
def moto_server():
    """Run the server; gives its address."""
    # Pages of a few keys show in little time that a listing goes on after the first.
    variables = {**os.environ, "MOTO_S3_DEFAULT_MAX_KEYS": "50"}
    process = subprocess.Popen([sys.executable, __file__], env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        address = process.stdout.readline().strip()
        if not address:
            raise RuntimeError("moto's server did not start; its error is above")
        yield address
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait(timeout=30)


def _serve():
    import logging

    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    print(f"http://{host}:{port}", flush=True)
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    _serve()
