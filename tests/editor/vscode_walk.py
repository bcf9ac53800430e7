"""The tutorial's step in an editor, performed in a real VS Code: a mistake is typed, reported and fixed.

    uv run --group ui tests/editor/vscode_walk.py CODE_SERVER [--picture docs/images/vscode.png]

CODE_SERVER is the program of code-server, which is VS Code for a browser (`npm install code-server`). The extension is
packed as its README says, so this needs npm; and Chromium with its driver.
"""

import argparse
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = ROOT / "docs/tutorial.md"
EXTENSION = ROOT / "docs/editors/vscode"
SETTINGS = """{
  "workbench.startupEditor": "none", "workbench.colorTheme": "Default Light Modern",
  "workbench.secondarySideBar.defaultVisibility": "hidden", "chat.disableAIFeatures": true,
  "security.workspace.trust.enabled": false, "telemetry.telemetryLevel": "off", "files.autoSave": "off"
}"""
PATIENCE = 60.0


def main() -> None:
    """Perform the step. Exits with 1 at the first thing that does not appear."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("code_server", help="the program of code-server")
    parser.add_argument("--picture", type=Path, help="a file to keep what the editor shows in")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "churn"
        lay_out(project)
        with served(arguments.code_server, Path(folder) / "home", project) as address, browser() as driver:
            walk(driver, address, arguments.picture)
    sys.stdout.write("reported while typing, and fixed\n")


def lay_out(project: Path) -> None:
    """Create the tutorial's files, and install trainspec in the folder's own environment."""
    for name, text in re.findall(r'```(?:python|yaml) title="([^"]+)"\n(.*?)```', TUTORIAL.read_text("utf-8"), re.S):
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    subprocess.run([sys.executable, "-m", "venv", project / ".venv"], check=True)
    subprocess.run([project / ".venv/bin/pip", "install", "--quiet", f"{ROOT}[lsp]"], check=True)


@contextmanager
def served(code_server: str, home: Path, project: Path) -> Iterator[str]:
    """The address of a VS Code that has the extension and the project open."""
    packed = home / "extension"
    shutil.copytree(EXTENSION, packed, ignore=shutil.ignore_patterns("node_modules", "*.vsix"))
    for command in (["npm", "install", "--no-audit", "--no-fund"], ["npm", "run", "package"]):
        subprocess.run(command, cwd=packed, check=True, capture_output=True)
    (home / "data/User").mkdir(parents=True)
    (home / "data/User/settings.json").write_text(SETTINGS, "utf-8")
    folders = ["--user-data-dir", str(home / "data"), "--extensions-dir", str(home / "extensions")]
    (archive,) = packed.glob("*.vsix")
    subprocess.run([code_server, *folders, "--install-extension", archive], check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    quiet = ["--auth", "none", "--disable-telemetry", "--disable-update-check"]
    server = subprocess.Popen(
        [code_server, *folders, *quiet, "--bind-addr", place, str(project)],
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield f"http://{place}/?folder={project}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)  # the server and the editor's processes
        server.wait(30)


@contextmanager
def browser() -> Iterator[webdriver.Chrome]:
    """Chromium without a window."""
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,800"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options)
    try:
        yield driver
    finally:
        driver.quit()


def walk(driver: webdriver.Chrome, address: str, picture: Path | None) -> None:
    """Open the spec, misspell two words, see both reported, and apply the fix of the second."""
    wait("its page", lambda: is_listening(address))
    driver.get(address)
    wait("the files", lambda: "specs" in shown(driver, ".explorer-folders-view"))
    press(driver, Keys.CONTROL, "p")
    write(driver, "churn.yaml")
    wait("the spec among the files found", lambda: "churn.yaml" in shown(driver, ".quick-input-list"))
    write(driver, Keys.ENTER)
    wait("what the server says above the job", lambda: "show request" in shown(driver, ".editor-instance"))
    misspell(driver, "ml.m5.large", "ml.m5.lrage")
    misspell(driver, "max_runtime", "max_runtme")
    press(driver, Keys.CONTROL, Keys.SHIFT, "m")
    for meant in ("ml.m5.large", "max_runtime"):
        wait(f"that {meant} is meant", lambda: f"did you mean `{meant}`?" in shown(driver, ".markers-panel"))  # noqa: B023
    press(driver, Keys.CONTROL, "1")
    press(driver, Keys.CONTROL, ".")
    wait("the fix", lambda: "Replace `max_runtme` with `max_runtime`" in shown(driver, ".action-widget"))
    if picture:
        driver.save_screenshot(str(picture))
    write(driver, Keys.ENTER)
    wait("one finding less", lambda: "max_runtme" not in shown(driver, ".markers-panel"))


def is_listening(address: str) -> bool:
    """Whether the server accepts connections yet."""
    place = urlsplit(address)
    with socket.socket() as tried:
        return tried.connect_ex((str(place.hostname), place.port or 80)) == 0


def misspell(driver: webdriver.Chrome, word: str, wrong: str) -> None:
    """Select a word in the editor with its search, and type over it."""
    press(driver, Keys.CONTROL, "f")
    wait("its search", lambda: driver.find_elements(By.CSS_SELECTOR, ".find-widget.visible"))
    write(driver, word)
    wait(word, lambda: "1 of 1" in shown(driver, ".find-widget"))
    write(driver, Keys.ESCAPE)
    write(driver, wrong)


def shown(driver: webdriver.Chrome, place: str) -> str:
    """All visible text at a place."""
    found: list[Any] = driver.find_elements(By.CSS_SELECTOR, place)
    return "\n".join(str(each.get_attribute("textContent")) for each in found).replace("\xa0", " ")


def press(driver: webdriver.Chrome, *keys: str) -> None:
    """Press a key, while the ones before it are held."""
    *held, last = keys
    actions = ActionChains(driver)
    for key in held:
        actions.key_down(key)
    actions.send_keys(last)
    for key in held:
        actions.key_up(key)
    actions.perform()


def write(driver: webdriver.Chrome, text: str) -> None:
    """Type into the focused element."""
    ActionChains(driver).send_keys(text).perform()


def wait(what: str, until: Callable[[], object]) -> None:
    """Return once `until` is true. Raises TimeoutError with `what` it waited for."""
    end = time.monotonic() + PATIENCE
    while not until():
        if time.monotonic() > end:
            raise TimeoutError(f"the editor does not show {what}")
        time.sleep(0.2)


if __name__ == "__main__":
    main()
