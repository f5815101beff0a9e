"""`make test-page`: the page by which somebody takes on an incident, in a real browser.

    python local/answer_page.py [PICTURE]

The page comes from the Rust code that ships (`shared/domain/examples/answer-page.rs`) and is served on 127.0.0.1 with its very
headers. Without a Chromium it says so and is over, unless CARETAKER_REQUIRE_BROWSER is 1. Pictures go to target/test-page, that of the
ordinary page also to PICTURE."""

import json
import os
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

from browser import NAMES, Browser, find

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "target/test-page"


def main() -> int:
    """Runs it; the exit code."""
    path = find()
    if path is None:
        required = os.environ.get("CARETAKER_REQUIRE_BROWSER") == "1"
        print(f"test-page: {'failed' if required else 'skipped'}, since there is no browser ({', '.join(NAMES)}) on PATH", file=sys.stderr)
        return int(required)
    example = subprocess.run(["cargo", "run", "--quiet", "--example", "answer-page"], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    shown = json.loads(example.stdout)
    with Browser(path) as browser, Server(shown) as server:
        browser.as_phone()
        for name in ["ordinary", "hostile"]:
            look(browser, server, shown, name)
            press(browser, server, shown, name)
        unescaped(browser, server, shown)
    if len(sys.argv) > 1:
        shutil.copyfile(PICTURES / "ordinary.png", sys.argv[1])
    print(f"test-page: the page was seen and its button pressed in {path}; pictures are in {PICTURES.relative_to(ROOT)}")
    return 0


def look(browser: Browser, server: "Server", shown: dict, name: str) -> None:
    """Whoever opens the link sees all of it as text, and changes nothing."""
    browser.open(server.link(name))
    expect(browser.complaints(), [], "what the browser complains of")
    expect(browser.evaluate("document.title"), "Caretaker: critical incident", "the title, which a script would have changed")
    for foreign in ["script", "img", "svg", "a", "iframe", "link", "[onload]", "[onerror]", "[style]"]:
        expect(browser.evaluate(f"document.querySelectorAll({json.dumps(foreign)}).length"), 0, f"elements {foreign}")
    text = browser.evaluate("document.querySelector('main').textContent")
    for one in shown[name]["texts"]:
        expect(one in text, True, f"whether {one!r} is shown as it was written")
    expect(browser.evaluate("document.querySelectorAll('form').length"), 1, "forms")
    # The policy allows the page's own style by its hash; with a wrong one the button would be grey.
    expect(browser.evaluate("getComputedStyle(document.querySelector('button')).backgroundColor"), "rgb(26, 95, 180)", "the button's colour")
    expect(browser.evaluate("document.documentElement.scrollWidth <= innerWidth"), True, "whether it fits a phone")
    browser.picture(PICTURES / f"{name}.png")
    expect([request[:2] for request in server.take()], [("GET", server.path(name))], "what the browser has asked for")


def press(browser: Browser, server: "Server", shown: dict, name: str) -> None:
    """The button sends the token once, in the body alone, and tells nobody where it was pressed."""
    browser.click("button")
    browser.wait_until_loaded()
    expect(browser.complaints(), [], "what the browser complains of")
    requests = server.take()
    expect([(method, path) for method, path, _, _ in requests], [("POST", f"/{name}?")], "what the button sends")
    _, _, headers, body = requests[0]
    expect(parse_qs(body), {"t": [shown["token"]]}, "the form")
    expect(headers.get("referer"), None, "who is told where the button was")
    expect(browser.evaluate("document.querySelector('h1').textContent"), "Acknowledged", "the page after it")
    expect(browser.evaluate("document.querySelectorAll('form, svg').length"), 0, "elements form and svg after it")
    browser.picture(PICTURES / f"{name}-done.png")


def unescaped(browser: Browser, server: "Server", shown: dict) -> None:
    """Were a text not escaped, the headers would still let no script run."""
    browser.open(server.link("unescaped"))
    expect(browser.evaluate("document.querySelectorAll('script').length > 0"), True, "whether there is a script to be run")
    expect(browser.evaluate("document.title"), "Caretaker: critical incident", "the title, which the script would have changed")
    complaints = browser.complaints()
    expect(any("Content Security Policy" in text for text in complaints), True, f"whether the policy has refused it: {complaints}")
    server.take()


def expect(seen, expected, what: str) -> None:
    """Fails unless both are alike."""
    if seen != expected:
        raise SystemExit(f"test-page: {what}: {seen!r:.500} instead of {expected!r:.500}")


class Server:
    """`answer-link` as far as a browser sees it, on a port of its own; gone with the block."""

    def __init__(self, shown: dict):
        pages = {name: shown[name] for name in ["ordinary", "hostile"]}
        asked = shown["hostile"]["asked"].replace("&#60;", "<").replace("&#62;", ">").replace("&#39;", "'")
        pages["unescaped"] = {"asked": asked, "done": ""}
        self.token, self.requests = shown["token"], []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler(pages, shown["headers"], self.requests))

    def __enter__(self) -> "Server":
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self.server.shutdown()
        self.server.server_close()

    def path(self, name: str) -> str:
        """Of the page `name`, with the token."""
        return f"/{name}?t={self.token}"

    def link(self, name: str) -> str:
        """As it stands in a message."""
        return f"http://127.0.0.1:{self.server.server_address[1]}{self.path(name)}"

    def take(self) -> list[tuple]:
        """What was asked for since the last time."""
        taken, self.requests[:] = list(self.requests), []
        return taken


def handler(pages: dict, headers: dict, requests: list) -> type:
    """Serves `pages` with `headers`, and notes each request."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer("asked", "")

        def do_POST(self) -> None:
            self.answer("done", self.rfile.read(int(self.headers.get("content-length", 0))).decode())

        def answer(self, which: str, body: str) -> None:
            requests.append((self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            page = pages.get(self.path.split("?")[0].strip("/"))
            content = page[which].encode() if page else b""
            self.send_response(200 if page else 404)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_) -> None:
            """Addresses have the token."""

    return Handler


if __name__ == "__main__":
    sys.exit(main())
