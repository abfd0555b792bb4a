"""A connection that is kept from one transaction to the next, and what ends that."""

import pytest
from sqlalchemy import select, text

from digest.errors import StoreError
from digest.store import steady
from digest.store.engine import open_store
from digest.store.steady import SteadyWriter
from digest.store.tables import settings


@pytest.fixture
def store(store_url, tmp_path):
    store = open_store(store_url, base=tmp_path, var=tmp_path / "var")
    yield store
    store.close()


def put(writer, name):
    with writer.write() as connection:
        connection.execute(settings.insert().values(name=name, value=""))
        return connection.connection.dbapi_connection


def break_off(writer, name):
    with writer.write() as connection:
        connection.execute(settings.insert().values(name=name, value=""))
        _ = 1 / 0


def names(store):
    with store.read() as connection:
        return set(connection.execute(select(settings.c.name).where(settings.c.value == "")).scalars())


def test_it_writes_over_the_same_connection_and_gives_it_back(store):
    writer = SteadyWriter(store)
    assert put(writer, "one") is put(writer, "two")
    assert store.engine.pool.checkedout() == 1
    writer.close()
    assert store.engine.pool.checkedout() == 0
    with store.read() as connection:
        assert "write" not in connection.info or connection.info["write"] is False
    assert names(store) == {"one", "two"}


def test_what_failed_is_undone_and_nothing_goes_over_that_connection_again(store):
    writer = SteadyWriter(store)
    put(writer, "one")
    with pytest.raises(ZeroDivisionError):
        break_off(writer, "two")
    assert store.engine.pool.checkedout() == 0
    put(writer, "three")
    assert names(store) == {"one", "three"}
    writer.close()


@pytest.mark.service("postgresql")
def test_a_server_that_dropped_it_costs_one_transaction_and_none_after_a_rest(postgresql_url, tmp_path, monkeypatch):
    store = open_store(postgresql_url, base=tmp_path, var=tmp_path / "var")
    writer = SteadyWriter(store)

    def dropped(name):
        put(writer, name)
        with writer.write() as connection:
            own = connection.execute(text("SELECT pg_backend_pid()")).scalar()
        with store.engine.connect() as other, other.begin():
            other.execute(text("SELECT pg_terminate_backend(:own, 5000)"), {"own": own})

    dropped("one")
    with pytest.raises(StoreError):
        put(writer, "two")
    put(writer, "three")
    dropped("four")
    monkeypatch.setattr(steady, "KEPT", 0.0)
    put(writer, "five")
    assert names(store) == {"one", "three", "four", "five"}
    writer.close()
    store.close()
