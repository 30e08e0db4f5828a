from __future__ import annotations

import _thread
import multiprocessing
import os
import pickle
import signal
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from nblabel.errors import StoreError
from nblabel.store import DEFAULT_PATH, Store
from nblabel.store.database import Database
from nblabel.store.migrations import APPLICATION_ID, VERSION
from nblabel.tasks.bounding_box import BoundingBox

TASK = BoundingBox(["cat"])


def test_default_path_is_below_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Store() as store:
        assert store.path == tmp_path / ".nblabel" / "store.db" == tmp_path / DEFAULT_PATH
    assert (tmp_path / ".nblabel" / "store.db").is_file()


def test_stays_at_its_path_when_the_working_directory_changes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Store("store.db") as store:
        monkeypatch.chdir("/")
        store.job("things", TASK)
        assert store.path == tmp_path / "store.db"


def test_file_is_marked_and_safe(store):
    store.job("things", TASK)
    connection = sqlite3.connect(store.path)
    try:
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finally:
        connection.close()
    assert [path.name for path in store.path.parent.iterdir()] == ["store.db"]


def test_identity_belongs_to_the_file(store, tmp_path):
    with Store(store.path) as again, Store(tmp_path / "other.db") as other:
        assert again.identity == store.identity != other.identity


def test_write_ahead_log_is_given_up(tmp_path):
    path = tmp_path / "store.db"
    Store(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    Store(path).close()
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    connection.close()


def test_a_store_of_an_earlier_version_is_brought_up_to_date_with_all_that_is_in_it(store):
    before = store.job("things", TASK)
    store.close()
    connection = sqlite3.connect(store.path)
    connection.execute("ALTER TABLE jobs DROP COLUMN output")
    connection.execute(f"PRAGMA user_version = {VERSION - 1}")
    connection.close()
    with Store(store.path) as again:
        assert again.job("things", TASK) == before
        assert again.job("things", TASK, output="masks").output == "masks"
        assert again.find_job("things")[0].output == "masks"
        assert again.job("things", TASK).output == "masks"


def foreign(path):
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE recipes (name)")
    connection.close()


def newer(path):
    Store(path).close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()


@pytest.mark.parametrize(
    ("make", "reason", "remedy"),
    [
        (lambda path: path.write_bytes(b"not a database, " * 100), "not a database", "another path"),
        (foreign, "belongs to another program", "another path"),
        (newer, "newer nblabel", "pip install --upgrade nblabel"),
        (lambda path: path.mkdir(), "cannot be opened", "store="),
    ],
    ids=["not a database", "another program's", "newer", "a folder"],
)
def test_file_that_cannot_be_a_store(tmp_path, make, reason, remedy):
    path = tmp_path / "store.db"
    make(path)
    with pytest.raises(StoreError) as error:
        Store(path)
    assert str(path) in str(error.value)
    assert reason in str(error.value)
    assert remedy in str(error.value)


def test_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"its folder cannot be made.*store="):
        Store(tmp_path / "file" / "store.db")


def test_file_that_may_only_be_read(store, monkeypatch):
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda name, **options: connect(f"file:{name}?mode=ro", uri=True, **options))
    with Store(store.path) as closed, pytest.raises(StoreError, match=r"may only be read.*permissions"):
        closed.job("things", TASK)


def test_file_that_stays_locked(store, monkeypatch):
    monkeypatch.setattr("nblabel.store.database._BUSY_SECONDS", 0.05)
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(StoreError, match=r"locked.*close the other program"):
            Store(store.path)
    finally:
        other.close()


def test_an_interrupt_while_waiting_for_the_lock_leaves_no_transaction(store, request):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a process started in the background ignores it
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    job = store.job("things", TASK)
    other = sqlite3.connect(store.path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")

    def interrupt_then_let_go():
        time.sleep(0.2)
        _thread.interrupt_main()
        time.sleep(0.4)
        other.execute("ROLLBACK")

    meddler = threading.Thread(target=interrupt_then_let_go)
    meddler.start()
    with pytest.raises(KeyboardInterrupt):
        store.add_items(job, [("a", 0)])
    meddler.join()
    other.execute("BEGIN IMMEDIATE")
    other.close()
    assert len(store.add_items(job, [("a", 0)])) == 1


def test_a_transaction_that_was_left_open_is_undone(store):
    job = store.job("things", TASK)
    store._database._connection.execute("BEGIN IMMEDIATE")
    store._database._connection.execute("DELETE FROM jobs")
    assert len(store.add_items(job, [("a", 0)])) == 1
    assert store.find_job("things")[0] == job


def test_full_disk_writes_nothing_and_the_store_goes_on(store):
    store.job("things", TASK)
    with store._database.read() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
    job, _ = store.find_job("things")
    with pytest.raises(StoreError, match=r"disk is full; nothing was written"):
        store.add_items(job, [(f"photo-{number}.jpg", 0) for number in range(5000)])
    with store._database.read() as connection:
        connection.execute("PRAGMA max_page_count = 100000")
    assert store.find_items(job, [("photo-1.jpg", 0)]) == [None]
    assert len(store.add_items(job, [(f"photo-{number}.jpg", 0) for number in range(5000)])) == 5000


def test_closed_store_says_so(store):
    store.close()
    store.close()
    with pytest.raises(StoreError, match=r"was closed"):
        store.find_job("things")


def test_open_store_is_not_pickled(store):
    with pytest.raises(TypeError, match=r"pass its path"):
        pickle.dumps(store)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")
def test_open_store_is_refused_in_a_forked_process(store):
    def use(answers):
        try:
            store.find_job("things")
        except StoreError as error:
            answers.put(str(error))

    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    child = context.Process(target=use, args=(answers,))
    child.start()
    assert "opened in another process" in answers.get(timeout=30)
    child.join()


def test_threads_share_a_store(store):
    failures = []

    def work(number):
        try:
            job = store.job(f"job-{number}", TASK)
            store.add_items(job, [(str(place), 0) for place in range(100)])
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    with Store(Path(store.path)) as again:
        assert [again.find_job(f"job-{number}")[0].name for number in range(8)] == [f"job-{number}" for number in range(8)]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="this system has no folder in which nobody may write")
def test_a_folder_that_cannot_hold_a_store_has_it_in_the_users_state_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir("/proc/self/task")
    with Store() as store:
        assert store.path.is_relative_to(tmp_path / "state")
        assert "no copy can be kept beside your work" in store.note
        identity = store.identity
    with Store() as store:
        assert store.identity == identity
    with pytest.raises(StoreError, match="its folder cannot be made"):
        Store("/proc/self/task/.nblabel/store.db")


def test_a_store_that_is_kept_elsewhere_has_a_copy_beside_the_work(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setattr(Database, "probe", lambda self: self._refuse("the file system cannot lock files", "pass store= another", unfit=True))
    with Store() as store:
        assert "a copy is kept in .nblabel/" in store.note
        job = store.job("things", BoundingBox(["cat"]))
        store.add_items(job, [("a.jpg", 0)])
        store.keep_copy()
        path = store.path
    path.unlink()
    with Store() as store:
        assert store.find_job("things")[0] == job


def test_a_store_beside_the_work_needs_no_copy(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Store() as store:
        store.keep_copy()
        assert store.note is None
    assert [file.name for file in (tmp_path / ".nblabel").iterdir()] == ["store.db"]
