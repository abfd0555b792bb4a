"""The demo beside something else on its port."""

import socket

from digest.cli.demo import demo_config, on_a_free_port


def test_a_demo_finds_a_port_where_its_own_is_taken(tmp_path):
    config = demo_config(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        busy = config.model_copy(update={"web": config.web.model_copy(update={"port": port})})
        other = on_a_free_port(busy).web
        assert other.port not in {0, port}
        assert other.base_url == f"http://127.0.0.1:{other.port}"
    assert on_a_free_port(busy) is busy
