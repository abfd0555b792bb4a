import sqlite3
import tracemalloc
from datetime import UTC, datetime

import psycopg
import pytest

from digest.collect import Fetched, parse
from digest.collect.fetch import fetch
from digest.collect.fetch.database import MAX_ROWS
from digest.config import Config, SourceConfig
from digest.errors import SourceError

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
NETWORK = {"network": {"name": "Growers"}, "sender": {"email": "digest@example.org"}}
TABLE = """
    CREATE TABLE notes (id INTEGER PRIMARY KEY, headline TEXT, start_date TEXT, fee NUMERIC);
    INSERT INTO notes VALUES (1, '50% off: seeds', '2026-12-05', 2.5), (2, 'Crêpes', NULL, NULL);
"""
QUERY = "SELECT id, headline, start_date FROM notes WHERE headline LIKE '%' AND headline <> ':x' ORDER BY id"
NUMBERS = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n"
COLUMNS = {"title": "headline", "starts": "start_date"}


@pytest.fixture
def config(tmp_path):
    with sqlite3.connect(tmp_path / "site.sqlite") as connection:
        connection.executescript(TABLE)
    connection.close()
    return Config.model_validate(NETWORK).model_copy(update={"base": tmp_path})


def source(url="sqlite:///site.sqlite", query=QUERY, **more):
    return SourceConfig(name="site", kind="table", url=url, query=query, columns=COLUMNS, **more)


async def items(config, **stated):
    table = source(**stated)
    fetched = await fetch(table, config)
    assert isinstance(fetched, Fetched)
    return parse(table, fetched, around=NOW).found


async def test_the_rows_of_a_query_are_items(config):
    found = await items(config)
    assert [(one.key, one.title, f"{one.starts_at}") for one in found] == [
        ("1", "50% off: seeds", "2026-12-05"),
        ("2", "Crêpes", "None"),
    ]


async def test_a_csv_file_is_read_beside_config_toml(config, tmp_path):
    (tmp_path / "notes.csv").write_text("title,starts\nFair,2026-12-05\n", encoding="utf-8")
    table = SourceConfig(name="site", kind="table", path="notes.csv")
    fetched = await fetch(table, config)
    assert isinstance(fetched, Fetched)
    assert [one.title for one in parse(table, fetched, around=NOW).found] == ["Fair"]


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM notes RETURNING *",
        "INSERT INTO notes (headline) VALUES ('x')",
        "DROP TABLE notes",
        "ATTACH '{folder}/other.sqlite' AS other",
        "VACUUM INTO '{folder}/other.sqlite'",
        "PRAGMA query_only=OFF",
        "SELECT 1; DELETE FROM notes",
    ],
)
async def test_a_query_changes_nothing_and_makes_no_file(config, tmp_path, query):
    before = (tmp_path / "site.sqlite").read_bytes()
    with pytest.raises(SourceError, match=r"source site: sqlite:///.*; a query may only read: write one SELECT"):
        await fetch(source(query=query.format(folder=tmp_path)), config)
    assert [path.name for path in tmp_path.iterdir()] == ["site.sqlite"]
    assert (tmp_path / "site.sqlite").read_bytes() == before


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("SELECT value AS headline, NULL AS start_date FROM json_each('[\"a\"]')", "a"),
        ("SELECT headline, NULL AS start_date FROM found WHERE found MATCH 'hedges'", "Laying hedges"),
    ],
)
async def test_a_query_may_use_virtual_tables(config, tmp_path, query, title):
    with sqlite3.connect(tmp_path / "site.sqlite") as connection:
        connection.execute("CREATE VIRTUAL TABLE found USING fts5(headline)")
        connection.execute("INSERT INTO found VALUES ('Laying hedges')")
    connection.close()
    (found,) = await items(config, query=query)
    assert found.title == title


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"url": "sqlite:///missing.sqlite"}, r"missing.sqlite does not exist; paths are relative to config.toml"),
        ({"query": "SELECT fees FROM notes"}, "no such column: fees"),
        ({"query": ""}, "returns no rows; write a SELECT"),
        ({"query": f"{NUMBERS} LIMIT {MAX_ROWS + 1}) SELECT i FROM n"},
         "gives more than 10,000 rows; add a WHERE or a LIMIT"),
        ({"query": "SELECT hex(zeroblob(1000)) AS headline", "max_bytes": 1000}, "larger than 1,000 bytes"),
        ({"query": f"{NUMBERS}) SELECT max(i) FROM n",
          "timeout": "0.2 seconds"}, "the query took longer than 0.2 s; raise timeout or add a LIMIT"),
        ({"url": "nonsense://host/x"}, "the url is no database address"),
        ({"url": "mysql://me:hush@host/x"}, r"mysql://me:\*\*\*@host/x: its driver MySQLdb is not installed"),
        ({"url": "postgresql://me:hush@127.0.0.1:1/x"}, r"postgresql\+psycopg://me:\*\*\*@127.0.0.1:1/x: .*refused"),
    ],
)  # fmt: skip
async def test_a_database_that_cannot_be_read_says_why_and_keeps_its_password(config, stated, message):
    with pytest.raises(SourceError, match=message) as caught:
        await fetch(source(**stated), config)
    assert str(caught.value).startswith("source site: ")
    assert "hush" not in str(caught.value)


@pytest.mark.service("postgresql")
@pytest.mark.parametrize(
    "query",
    [
        "SELECT 1 AS id, zeroblob(900000000) AS headline, '' AS start_date",
        "SELECT id, hex(zeroblob(600000)) AS headline, start_date FROM notes",
        f"{NUMBERS} WHERE i < 9000) SELECT i AS id, hex(zeroblob(400000)) AS headline, '' AS start_date FROM n",
    ],
    ids=["one value", "a value made", "many rows"],
)
async def test_an_answer_larger_than_max_bytes_is_never_held_in_memory(config, query):
    tracemalloc.start()
    try:
        with pytest.raises(SourceError, match=r"the rows are larger than 1,000,000 bytes; select fewer, or raise max_"):
            await items(config, query=query, max_bytes=1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


async def test_a_query_ends_at_its_time_also_while_it_only_computes(config):
    endless = f"{NUMBERS}) SELECT max(i) AS headline, 1 AS id, '' AS start_date FROM n"
    with pytest.raises(SourceError, match=r"the query took longer than 0\.2 s; raise timeout or add a LIMIT"):
        await items(config, query=endless, timeout="0.2 seconds")


async def test_postgresql_is_read_and_left_as_it_is(config, postgresql_url):
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE notes (id int, headline text, start_date timestamptz, tags text[])")
        connection.execute("INSERT INTO notes VALUES (1, '50%', '2026-12-05 10:00+00', '{Growing,Trees}')")
        connection.execute("CREATE SEQUENCE numbers")
    query = "SELECT id, headline, start_date, tags AS categories FROM notes WHERE headline LIKE '%' AND id::text > '0'"
    (found,) = await items(config, url=postgresql_url, query=query)
    assert (found.key, found.title, found.categories) == ("1", "50%", ("Growing", "Trees"))
    assert found.starts_at == datetime(2026, 12, 5, 10, tzinfo=UTC)
    with pytest.raises(SourceError, match=r"cannot execute nextval\(\) in a read-only transaction"):
        await fetch(source(url=postgresql_url, query="SELECT nextval('numbers')"), config)
    with pytest.raises(SourceError, match="took longer than"):
        await fetch(source(url=postgresql_url, query="SELECT pg_sleep(60)", timeout="0.2 seconds"), config)
    with psycopg.connect(postgresql_url) as connection:
        assert connection.execute("SELECT count(*) FROM notes").fetchone() == (1,)


WRITING = [
    "COMMIT; SET TRANSACTION READ WRITE; INSERT INTO notes VALUES (2)",
    "SELECT 1; COMMIT; BEGIN READ WRITE; INSERT INTO notes VALUES (2); COMMIT",
    "WITH x AS (INSERT INTO notes VALUES (2) RETURNING id) SELECT * FROM x",
    "SELECT id INTO other FROM notes",
    "DO $$ BEGIN COMMIT; INSERT INTO notes VALUES (2); COMMIT; END $$",
    "COPY (SELECT 1) TO PROGRAM 'cat > {folder}/made'",
    "SELECT set_config('transaction_read_only', 'off', false), lo_create(42)",
]


@pytest.mark.service("postgresql")
@pytest.mark.parametrize("query", WRITING)
@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg2"])
async def test_no_query_writes_to_postgresql(config, postgresql_url, tmp_path, query, scheme):
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE notes (id int)")
    tmp_path.chmod(0o777)
    url = postgresql_url.replace("postgresql", scheme, 1)
    with pytest.raises(SourceError, match=r"source site: postgresql\+psycopg://"):
        await fetch(source(url=url, query=query.format(folder=tmp_path)), config)
    with psycopg.connect(postgresql_url) as connection:
        assert connection.execute("SELECT * FROM notes").fetchall() == []
        assert connection.execute("SELECT * FROM pg_largeobject_metadata").fetchall() == []
        assert connection.execute("SELECT to_regclass('other')").fetchone() == (None,)
    assert not (tmp_path / "made").exists()
