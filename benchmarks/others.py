"""The same mails through the usual ways, without any ledger: aiosmtplib and smtplib as they come, nodemailer's pool."""

import asyncio
import os
import shutil
import smtplib
import subprocess
import time
from collections.abc import Iterator

import aiosmtplib

NODEMAILER = """
const [port, mails, size, connections] = process.argv.slice(1).map(Number);
const pool = require('nodemailer').createTransport({host: '127.0.0.1', port, pool: true, maxConnections: connections,
  maxMessages: Infinity, ignoreTLS: true});
const body = 'All work and no play makes a dull benchmark, said the sink to the source.\\n'.repeat(size / 75);
(async () => {
  const start = process.hrtime.bigint();
  await Promise.all(Array.from({length: mails}, (_, n) => pool.sendMail({from: 'bench@example.org',
    to: `member${n}@example.org`, subject: 'A benchmark', text: `Hello ${n}`, html: `<p>${n} ${body}</p>`})));
  console.log(mails / (Number(process.hrtime.bigint() - start) / 1e9));
  pool.close();
})();
"""


def messages(mails: int, size: int) -> Iterator[tuple[str, bytes]]:
    """Recipient and message, distinct, lines short and ended."""
    line = b"All work and no play makes a dull benchmark, said the sink to the source.\r\n"
    body = b"\r\n" + line * (size // len(line))
    for number in range(mails):
        yield f"member{number}@example.org", b"Subject: A benchmark\r\nMessage-ID: <%d@example.org>\r\n" % number + body


async def aiosmtplib_stock(port: int, *, mails: int, size: int, connections: int) -> float:
    """Mails per second of `SMTP.sendmail` over so many connections."""
    source = messages(mails, size)

    async def work() -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as smtp:
            for recipient, message in source:
                await smtp.sendmail("bench@example.org", [recipient], message)

    start = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(connections)))
    return mails / (time.perf_counter() - start)


def smtplib_stock(port: int, *, mails: int, size: int) -> float:
    """Mails per second of the standard library over its one connection."""
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        start = time.perf_counter()
        for recipient, message in messages(mails, size):
            smtp.sendmail("bench@example.org", [recipient], message)
        return mails / (time.perf_counter() - start)


def nodemailer(port: int, *, mails: int, size: int, connections: int) -> float | None:
    """Mails per second of nodemailer's pool; None where node or nodemailer (NODE_PATH) is missing."""
    node = shutil.which("node")
    if node is None:
        return None
    shape = [str(number) for number in (port, mails, size, connections)]
    done = subprocess.run([node, "-e", NODEMAILER, *shape], capture_output=True, text=True, env=os.environ, check=False)
    if done.returncode and "Cannot find module" in done.stderr:
        return None
    done.check_returncode()
    return float(done.stdout)
