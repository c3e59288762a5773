"""The distribution's packages, for what the tests need beside Python."""

from __future__ import annotations

import os
import subprocess


def install(*names: str) -> None:
    """Install Debian packages; needs root. Failing is told by the caller, who looks whether the thing is there."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "-qq", "update"], ["apt-get", "-qq", "install", "-y", *names]):
        subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL)
