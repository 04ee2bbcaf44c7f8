"""Opening the workspace: made on first use, one transaction a write, refused in one sentence, unharmed."""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from toolkit.errors import StoreError
from toolkit.store import Workspace, load_revision, save_revision, schema_version
from toolkit.store import migrations as store_migrations
from toolkit.text import LANGUAGES

HOLD = (
    "import duckdb, sys\n"
    "c = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == 'ro')\n"
    "print('open', flush=True)\n"
    "sys.stdin.read()\n"
)


def everything_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


@contextmanager
def held_by_another_process(path: Path, mode: str) -> Iterator[int]:
    command = [sys.executable, "-c", HOLD, str(path), mode]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        try:
            yield holder.pid
        finally:
            holder.kill()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "plan.duckdb", wait_s=0.15)
    save_revision(made, "acme", "cash: 1\n", "Ada")
    return made


def refused(act: Callable[[], object]) -> tuple[str, str]:
    """The id of the one problem that `act` is refused with, and its words in English."""
    with pytest.raises(StoreError) as caught:
        act()
    (problem,) = caught.value.problems
    for language in LANGUAGES:
        assert "{" not in problem.problem(language) + problem.mend(language)
    return problem.id, problem.problem()


def read(workspace: Workspace) -> None:
    with workspace.read():
        pass


def write(workspace: Workspace) -> None:
    save_revision(workspace, "acme", "cash: 2\n", "Ada")


BOTH = pytest.mark.parametrize("act", [read, write])


def test_the_first_write_makes_the_workspace_and_its_folder(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "new" / "plan.duckdb")
    assert not workspace.exists
    write(workspace)
    assert workspace.exists
    assert schema_version(workspace) == len(store_migrations.MIGRATIONS)
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        "plan.duckdb",
        "plan.duckdb.gp-lock",
    ]


def test_reading_where_there_is_none_says_so_and_makes_nothing(tmp_path: Path) -> None:
    reason, _ = refused(lambda: read(Workspace(tmp_path / "plan.duckdb")))
    assert reason == "store.missing"
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_fails_leaves_nothing_of_itself(workspace: Workspace) -> None:
    def fail() -> None:
        with workspace.write() as connection:
            connection.execute("delete from revision")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert load_revision(workspace).text == "cash: 1\n"


def test_wrong_sql_of_ours_stays_a_fault_of_the_code(workspace: Workspace) -> None:
    with pytest.raises(duckdb.CatalogException), workspace.write() as connection:
        connection.execute("insert into no_such_table values (1)")


def test_a_reader_cannot_write(workspace: Workspace) -> None:
    with pytest.raises(duckdb.InvalidInputException), workspace.read() as connection:
        connection.execute("delete from revision")


# Refused, and unharmed -------------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize(
    "content", [b"", b"cash: 1\n", bytes(range(256)) * 100], ids=["empty", "text", "binary"]
)
def test_a_file_that_is_no_database(tmp_path: Path, act: Callable[[Workspace], None], content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    reason, words = refused(lambda: act(Workspace(path)))
    assert (reason, words) == ("store.not_a_workspace", f"{path} is not a DuckDB file.")
    assert everything_in(tmp_path) == {"notes.txt": content}


@BOTH
def test_a_database_of_another_program(tmp_path: Path, act: Callable[[Workspace], None]) -> None:
    path = tmp_path / "sales.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table sale (amount integer)")
    before = everything_in(tmp_path)
    assert refused(lambda: act(Workspace(path)))[0] == "store.foreign"
    assert everything_in(tmp_path) == before


def test_an_empty_database_is_adopted(tmp_path: Path) -> None:
    duckdb.connect(str(tmp_path / "empty.duckdb")).close()
    read(Workspace(tmp_path / "empty.duckdb"))
    assert schema_version(Workspace(tmp_path / "empty.duckdb")) == len(store_migrations.MIGRATIONS)


@BOTH
def test_a_newer_schema(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, act: Callable[[Workspace], None]
) -> None:
    def m999_future(connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute("create table future (x integer)")

    known = len(store_migrations.MIGRATIONS)
    with monkeypatch.context() as newer:
        newer.setattr(store_migrations, "MIGRATIONS", (*store_migrations.MIGRATIONS, m999_future))
        write(workspace)
    before = everything_in(workspace.path.parent)
    reason, words = refused(lambda: act(workspace))
    assert reason == "store.newer"
    assert f"schema {known + 1}" in words
    assert f"knows {known}" in words
    assert everything_in(workspace.path.parent) == before


def with_storage_version(database: bytes, version: int) -> bytes:
    """The same database as a DuckDB of another file format would have written its header.

    The first block is: checksum of the rest (8 bytes), `DUCK`, version (8 bytes), … up to 4,096.
    """
    block = bytearray(database[8:4096])
    assert block[:4] == b"DUCK"
    block[4:12] = struct.pack("<Q", version)
    checksum = 5381
    for (word,) in struct.iter_unpack("<Q", block):
        checksum ^= word * 0xBF58476D1CE4E5B9 % 2**64
    return struct.pack("<Q", checksum) + bytes(block) + database[4096:]


@BOTH
def test_a_newer_file_format(workspace: Workspace, act: Callable[[Workspace], None]) -> None:
    content = workspace.path.read_bytes()
    (version,) = struct.unpack("<Q", content[12:20])
    assert with_storage_version(content, version) == content
    workspace.path.write_bytes(with_storage_version(content, 500))
    before = everything_in(workspace.path.parent)
    assert refused(lambda: act(workspace))[0] == "store.other_format"
    assert everything_in(workspace.path.parent) == before


@BOTH
@pytest.mark.parametrize("harm", [lambda b: b[:5000], lambda b: b[:12288] + bytes(len(b) - 12288)])
def test_a_damaged_workspace(
    workspace: Workspace, act: Callable[[Workspace], None], harm: Callable[[bytes], bytes]
) -> None:
    workspace.path.write_bytes(harm(workspace.path.read_bytes()))
    before = everything_in(workspace.path.parent)
    assert refused(lambda: act(workspace))[0] == "store.damaged"
    assert everything_in(workspace.path.parent) == before


@BOTH
def test_a_folder(tmp_path: Path, act: Callable[[Workspace], None]) -> None:
    assert refused(lambda: act(Workspace(tmp_path)))[0] == "store.is_folder"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder in which even root may not write")
def test_a_place_where_nobody_may_write() -> None:
    assert refused(lambda: write(Workspace(Path("/sys/plan.duckdb"))))[0] == "store.no_access"


def test_a_place_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    reason, words = refused(lambda: write(Workspace(tmp_path / "file" / "plan.duckdb")))
    assert reason == "store.disk"
    assert "File exists" in words or "Not a directory" in words


def test_a_log_without_its_database(workspace: Workspace) -> None:
    log = Path(f"{workspace.path}.wal")
    workspace.path.rename(log)
    before = everything_in(workspace.path.parent)
    assert refused(lambda: write(workspace))[0] == "store.orphan_log"
    assert everything_in(workspace.path.parent) == before


# In use ----------------------------------------------------------------------------------------------------


@BOTH
def test_held_by_another_program(workspace: Workspace, act: Callable[[Workspace], None]) -> None:
    before = everything_in(workspace.path.parent)
    with held_by_another_process(workspace.path, "rw") as pid:
        reason, words = refused(lambda: act(workspace))
        assert reason == "store.locked_by"
        assert f"process {pid}" in words
        assert everything_in(workspace.path.parent) == before
    act(workspace)


def test_a_foreign_reader_keeps_writers_out_but_not_readers(workspace: Workspace) -> None:
    with held_by_another_process(workspace.path, "ro"):
        read(workspace)
        assert refused(lambda: write(workspace))[0] == "store.locked_by"


def test_a_reader_waits_for_a_writer_to_finish(workspace: Workspace) -> None:
    patient = Workspace(workspace.path, wait_s=10)
    writing, texts = threading.Event(), []

    def save() -> None:
        with patient.write() as connection:
            writing.set()
            connection.execute("update revision set text = 'cash: 3'")
            threading.Event().wait(0.1)

    writer = threading.Thread(target=save)
    writer.start()
    writing.wait()
    with patient.read() as connection:
        texts += connection.execute("select text from revision").fetchall()
    writer.join()
    assert texts == [("cash: 3",)]


def test_a_thread_that_reads_too_long_is_named_as_this_process(workspace: Workspace) -> None:
    results: list[str] = []
    with workspace.read():
        writer = threading.Thread(target=lambda: results.append(refused(lambda: write(workspace))[0]))
        writer.start()
        writer.join()
    assert results == ["store.locked_by"]


def test_reading_inside_reading_does_not_let_go_of_the_file(workspace: Workspace) -> None:
    # The kernel drops a process's record locks when *any* descriptor of the file is closed.
    with workspace.read():
        read(workspace)
        assert schema_version(workspace)
        code = "import duckdb, sys; duckdb.connect(sys.argv[1])"
        other = subprocess.run(
            [sys.executable, "-c", code, str(workspace.path)], capture_output=True, text=True, check=False
        )
    assert "Could not set lock" in other.stderr


def test_writing_inside_reading_is_a_fault_of_the_code(workspace: Workspace) -> None:
    with workspace.read(), pytest.raises(RuntimeError, match="already holds"), workspace.write():
        pass
    with workspace.write(), pytest.raises(RuntimeError, match="this thread writes"), workspace.read():
        pass


def test_two_names_of_one_file_share_one_lock(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "link.duckdb").symlink_to(workspace.path)
    write(Workspace(tmp_path / "link.duckdb"))
    assert not (tmp_path / "link.duckdb.gp-lock").exists()
    assert load_revision(workspace).number == 2


def test_a_copy_without_its_lock_file_opens(workspace: Workspace, tmp_path: Path) -> None:
    shutil.copy(workspace.path, tmp_path / "copy.duckdb")
    read(Workspace(tmp_path / "copy.duckdb"))
    assert not (tmp_path / "copy.duckdb.gp-lock").exists()


def test_only_the_store_loads_duckdb() -> None:
    code = "import toolkit, toolkit.text, toolkit.errors, sys; sys.exit('duckdb' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
