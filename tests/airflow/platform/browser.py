"""A headless Chromium that shows Airflow's user interface."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from services import wait_until

SECONDS = 60


@dataclass(frozen=True)
class Browser:
    """One window; `address` is the API server's."""

    driver: webdriver.Chrome
    address: str

    def open(self, path: str, *words: str) -> None:
        """Open a page and wait until it shows all `words`."""
        self.driver.get(self.address + path)
        self.wait(*words)

    def press(self, label: str) -> None:
        """Press the button with that label as soon as there is one."""
        selector = f'button[aria-label^="{label}"]'
        (button, *_) = wait_until(label, lambda: self.driver.find_elements(By.CSS_SELECTOR, selector), SECONDS)
        self.driver.execute_script("arguments[0].click()", button)

    def wait(self, *words: str) -> None:
        """Wait until the page shows all `words`."""
        wait_until(f"the page shows {words}", lambda: all(word in self.text for word in words), SECONDS)

    @property
    def text(self) -> str:
        """The text of the page."""
        return str(self.driver.find_element(By.TAG_NAME, "body").text)

    def link(self, text: str) -> str:
        """The target of the link with that text."""
        return str(self.driver.find_element(By.LINK_TEXT, text).get_attribute("href"))

    def keep(self, picture: Path) -> None:
        """Save a picture of the window."""
        self.driver.save_screenshot(str(picture))


@contextmanager
def browser(address: str) -> Iterator[Browser]:
    """Debian's Chromium with its driver: `apt-get install chromium chromium-driver`."""
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1500,950"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver") or "chromedriver"))
    try:
        yield Browser(driver, address)
    finally:
        driver.quit()
