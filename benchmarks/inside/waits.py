"""A process that does nothing but wait, as a triggerer does: for the ends of jobs, at the endpoint of a simulator.

Takes the endpoint's URL, the number of jobs, their creation's time and the interval in seconds. Prints when each job's
end was noticed, in seconds since the epoch, and the megabytes that the process held after its first round, at most in
the first half of its time, and at most in the second.
"""

import asyncio
import json
import sys
import time

import psutil
from botocore import UNSIGNED
from botocore.config import Config
from trainspec.runtime.engine.poller import shared


async def main(url: str, count: int, created: float, interval: float) -> None:
    async def connect() -> object:
        import boto3

        config = Config(retries={"total_max_attempts": 1}, signature_version=UNSIGNED)
        return boto3.client("sagemaker", region_name="us-east-1", endpoint_url=url, config=config)

    async def wait(name: str) -> tuple[str, float]:
        async with shared("connection", connect) as poller:
            await poller.ended(name, interval, created)
        return name, time.time()

    waits = [asyncio.ensure_future(wait(f"job-{number}")) for number in range(count)]
    used = []
    while not all(each.done() for each in waits):
        await asyncio.sleep(interval / 4)
        used.append(psutil.Process().memory_full_info().uss / 1e6)
    seen = dict([await each for each in waits])
    half = len(used) // 2
    figures = {"seen": seen, "first": used[min(5, half)], "early": max(used[:half]), "late": max(used[half:])}
    sys.stdout.write(json.dumps(figures) + "\n")


asyncio.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])))
