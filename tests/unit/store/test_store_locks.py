"""Turns inside one process: many readers or one writer, writers first, always a time limit."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from toolkit.store.locks import ProcessGate, lock_holder, pass_turnstile, process_gate, writers_turn


def soon() -> float:
    return time.monotonic() + 0.05


def in_a_thread(act: object) -> list[BaseException | None]:
    results: list[BaseException | None] = []

    def run() -> None:
        try:
            act()  # type: ignore[operator]
            results.append(None)
        except BaseException as error:
            results.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return results


def enter(place: object) -> None:
    with place:  # type: ignore[attr-defined]
        pass


def test_readers_share_and_writers_do_not() -> None:
    gate = ProcessGate()
    with gate.reading(soon()):
        assert in_a_thread(lambda: enter(gate.reading(soon()))) == [None]
        (error,) = in_a_thread(lambda: enter(gate.writing(soon())))
        assert isinstance(error, TimeoutError)
    with gate.writing(soon()):
        for place in (gate.reading, gate.writing):
            (error,) = in_a_thread(lambda place=place: enter(place(soon())))
            assert isinstance(error, TimeoutError)
    enter(gate.writing(soon()))


def test_a_waiting_writer_goes_before_new_readers() -> None:
    gate, order = ProcessGate(), []
    deadline = time.monotonic() + 10

    def write() -> None:
        with gate.writing(deadline):
            order.append("writer")

    def read() -> None:
        with gate.reading(deadline):
            order.append("reader")

    writer, reader = threading.Thread(target=write), threading.Thread(target=read)
    with gate.reading(deadline):
        writer.start()
        while not gate._writers_waiting:
            time.sleep(0.001)
        reader.start()
        enter(gate.reading(deadline))  # who reads already may read again, although a writer waits
        time.sleep(0.02)
        assert order == []
    writer.join()
    reader.join()
    assert order == ["writer", "reader"]


def test_one_gate_a_file(tmp_path: Path) -> None:
    gates: list[ProcessGate] = []
    threads = [threading.Thread(target=lambda: gates.append(process_gate(tmp_path))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(gates) == 20
    assert len(set(map(id, gates))) == 1


def test_the_turnstile_lets_through_when_nobody_writes(tmp_path: Path) -> None:
    lock = tmp_path / "x.gp-lock"
    pass_turnstile(lock, soon())
    assert not lock.exists(), "a reader leaves nothing behind"
    with writers_turn(lock, soon()):
        assert lock_holder(lock) is not None
        with pytest.raises(TimeoutError):
            pass_turnstile(lock, soon())
        with pytest.raises(TimeoutError), writers_turn(lock, soon()):
            pass
    pass_turnstile(lock, soon())
