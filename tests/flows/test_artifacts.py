"""What a run says of itself when it ends."""

import logging

from flows import artifacts
from tasks.manifests import Manifest
from tasks.shards import Counts
from tasks.storage import open_store


def test_the_command_for_the_report_stands_in_the_log_as_one_types_it(tmp_path, monkeypatch, caplog):
    written = []
    monkeypatch.setattr(artifacts, "create_markdown_artifact", lambda text, **_: written.append(text))
    with caplog.at_level(logging.INFO, logger="flows.artifacts"):
        artifacts.publish_summary(open_store(str(tmp_path)), Manifest("r1", "", "", {}, Counts(), (), (), (), {}), [])
    (line,) = caplog.messages
    assert line.endswith(f"the report: pressrun report {tmp_path} --run r1 makes it")
    assert f"- report: `pressrun report {tmp_path} --run r1` makes it" in written[0]
