from __future__ import annotations

import socket
import subprocess
import sys

import pytest

import nblabel
from nblabel import cli
from nblabel.demo import jupyter


def test_version(capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out == f"nblabel {nblabel.__version__}\n"


def test_python_m_nblabel_is_the_command():
    done = subprocess.run([sys.executable, "-m", "nblabel", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"nblabel {nblabel.__version__}\n"


def test_a_command_is_required(capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main([])
    assert stop.value.code == 2
    assert "COMMAND" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http"])
def test_port_must_be_a_port(port, capsys):
    with pytest.raises(SystemExit):
        cli.main(["demo", f"--port={port}"])
    assert "give a number from 1 to 65535" in capsys.readouterr().err


def test_demo_says_how_to_install_jupyterlab(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(jupyter, "find_spec", lambda name: None)
    assert cli.main(["demo", "--dir", str(tmp_path / "project")]) == 1
    assert capsys.readouterr().err == 'nblabel: JupyterLab is not installed; run: pip install "nblabel[lab]"\n'
    assert not (tmp_path / "project").exists()


@pytest.mark.jupyter
def test_demo_says_when_the_port_is_taken(tmp_path, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert cli.main(["demo", "--dir", str(tmp_path / "project"), "--port", str(port), "--no-browser"]) == 1
    message = capsys.readouterr().err
    assert message.startswith(f"nblabel: Port {port} cannot be used")
    assert message.count("\n") == 1


@pytest.mark.jupyter
def test_demo_says_when_the_folder_cannot_be_made(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert cli.main(["demo", "--dir", str(tmp_path / "file")]) == 1
    message = capsys.readouterr().err
    assert "choose another folder with --dir" in message
    assert message.count("\n") == 1


def test_doctor_prints_its_report_once(capsys):
    assert cli.main(["doctor"]) == 0
    report = capsys.readouterr().out
    assert report.count("If the widget does not render:") == 1
    assert nblabel.__version__ in report
