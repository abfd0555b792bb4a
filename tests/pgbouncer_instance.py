"""PgBouncer in transaction mode in front of a PostgreSQL: each transaction meets whatever server connection is free."""

import os
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from postfix_sink import listens

PROGRAM = Path("/usr/sbin/pgbouncer")
_CONFIG = """\
[databases]
* = host=127.0.0.1 port={database} user=digest
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
max_client_conn = 500
default_pool_size = {size}
server_reset_query_always = 0
"""


@contextmanager
def pgbouncer(url: str, *, size: int = 6) -> Iterator[str]:
    """Run one with so few server connections that they are shared; yields the address by which it stands for `url`."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="digest-pgbouncer-") as folder:
        config = Path(folder, "pgbouncer.ini")
        config.write_text(_CONFIG.format(database=urlsplit(url).port, port=port, size=size))
        Path(folder).chmod(0o755)
        user = "nobody" if os.geteuid() == 0 else None  # it refuses to be root's
        process = subprocess.Popen([PROGRAM, "-q", config], user=user, stderr=subprocess.DEVNULL)
        try:
            while not listens(port):
                assert process.poll() is None
            yield url.replace(f":{urlsplit(url).port}/", f":{port}/")
        finally:
            process.kill()
            process.wait()
