"""The pages of `trainspec docs` in a browser: no error in the console, and axe finds nothing serious."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from helpers import ROOT

AXE = "4.10.3"
CACHE = ROOT / ".cache" / f"axe-core-{AXE}"
PAGES = ("index.html", "dags/churn_pipeline.html", "dags/train_gate_register.html")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    prices = folder / "prices.json"  # invented, so that the pages have all columns
    prices.write_text('{"date": "2026-11-01", "currency": "USD", "prices": {"us-east-1": {"ml.m5.large": 0.5}}}')
    docs = [sys.executable, "-m", "trainspec", "docs", "-o", str(folder), "--prices", str(prices)]
    subprocess.run(docs, check=True, cwd=ROOT)
    return folder


@pytest.fixture(scope="module")
def axe() -> str:
    script = CACHE / "node_modules/axe-core/axe.min.js"
    if not script.exists():
        npm = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(CACHE)]
        subprocess.run([*npm, f"axe-core@{AXE}"], check=True, timeout=300, capture_output=True)
    return script.read_text()


@pytest.fixture(params=["light", "dark"])
def browser(request: pytest.FixtureRequest) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,900"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver") or "chromedriver"))
    scheme = [{"name": "prefers-color-scheme", "value": request.param}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
    yield driver
    driver.quit()


@pytest.mark.parametrize("page", PAGES)
def test_no_fault_and_nothing_serious(site: Path, browser: webdriver.Chrome, axe: str, page: str) -> None:
    browser.get((site / page).as_uri())
    assert browser.get_log("browser") == []
    browser.execute_script(axe)
    found = browser.execute_async_script("axe.run().then(arguments[arguments.length - 1])")
    wrong = [
        (each["id"], each["impact"], [node["html"][:200] for node in each["nodes"]]) for each in found["violations"]
    ]
    assert wrong == []


def test_search_by_keyboard(site: Path, browser: webdriver.Chrome) -> None:
    browser.get((site / PAGES[1]).as_uri())
    browser.find_element(By.TAG_NAME, "body").send_keys("/")
    query = browser.switch_to.active_element
    assert query.get_attribute("id") == "query"
    query.send_keys("sagemaker train_task")
    (first, *_) = browser.find_elements(By.CSS_SELECTOR, "#results a")
    assert first.text == "train_task"
    query.send_keys(Keys.TAB, Keys.ENTER)
    assert browser.current_url.endswith("/dags/sagemaker_training_dag.html#train_task")


def test_a_phone_scrolls_down_only(site: Path, browser: webdriver.Chrome) -> None:
    phone = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    for page in PAGES:
        browser.get((site / page).as_uri())
        assert browser.execute_script("return document.documentElement.scrollWidth") <= 390, page


def test_everything_can_be_read_without_scripts(site: Path, browser: webdriver.Chrome) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.get((site / "index.html").as_uri())
    browser.find_element(By.LINK_TEXT, "churn_pipeline").click()
    assert browser.find_element(By.TAG_NAME, "h1").text == "churn_pipeline"
    assert not browser.find_element(By.ID, "search").is_displayed()
    browser.find_element(By.TAG_NAME, "summary").click()
    assert "TrainingJobName" in browser.find_element(By.TAG_NAME, "pre").text
