"""A browser that tests drive: Chromium, by its DevTools protocol over two pipes."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from serving import WAIT

_LONGEST = 30  # seconds
# A step waits until an expression holds; a page that never gets there fails the test.
_UNTIL = """new Promise((resolve, reject) => {
  const end = Date.now() + %d;
  const look = () => {
    const value = (() => %s)();
    if (value) resolve(value);
    else if (Date.now() > end) reject(new Error("not reached"));
    else setTimeout(look, 20);
  };
  look();
})"""


class Browser:
    """A page in a headless browser. A context manager."""

    def __init__(self, profile: Path, width: int = 1280, height: int = 900) -> None:
        """Start the browser; `profile` is a folder for its files."""
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        # Chromium reads commands from descriptor 3 and writes answers to 4.
        script = f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}'
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe"]
        flags += [
            f"--user-data-dir={profile}",
            f"--window-size={width},{height}",
            "--hide-scrollbars",
        ]
        self._process = subprocess.Popen(
            ["bash", "-c", script, "bash", "chromium", *flags, "about:blank"],
            pass_fds=[theirs_in, theirs_out],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._out, self._in = os.fdopen(ours_out, "wb", 0), os.fdopen(ours_in, "rb")
        self._sent, self._session, self._rest = 0, "", b""
        self.problems: list[str] = []  # exceptions, and what the policy of the page refused
        targets = self.command("Target.getTargets")["targetInfos"]
        (target,) = (each["targetId"] for each in targets if each["type"] == "page")
        attached = self.command("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Runtime", "Page", "Log"):
            self.command(f"{domain}.enable")

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self._session = ""
        self.command("Browser.close")
        self._process.wait(WAIT)

    def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result."""
        self._sent += 1
        message = {"id": self._sent, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._out.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._sent:
                assert "error" not in answer, answer["error"]
                return dict(answer["result"])
            self._note(answer)

    def open(self, address: str) -> None:
        """Show a page, loaded."""
        self.command("Page.navigate", url="about:blank")
        self.command("Page.navigate", url=address)
        self.until("location.href !== 'about:blank' && document.readyState === 'complete'")

    def run(self, expression: str) -> Any:
        """Return the JSON value of an expression, or of its promise."""
        options = {"awaitPromise": True, "returnByValue": True, "userGesture": True}
        result = self.command("Runtime.evaluate", expression=expression, **options)
        assert "exceptionDetails" not in result, (expression, result["exceptionDetails"])
        return result["result"].get("value")

    def until(self, expression: str) -> Any:
        """Return the value of an expression once it is true."""
        return self.run(_UNTIL % (_LONGEST * 1000, expression))

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            part = os.read(self._in.fileno(), 65_536)
            assert part, "the browser has ended"
            self._rest += part
        line, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(line))

    def _note(self, event: dict[str, Any]) -> None:
        if event.get("method") == "Runtime.exceptionThrown":
            self.problems.append(str(event["params"]["exceptionDetails"]))
        entry = event.get("params", {}).get("entry", {})
        if entry.get("level") == "error":
            self.problems.append(entry["text"])
