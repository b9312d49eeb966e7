"""The real command line, run as a person runs it: in a process of its own, on a home folder of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess, Popen

ROOT = Path(__file__).parents[2]

UNITS = """code,name,kind,level,parent,on
T,Tỉnh đoàn Thử nghiệm,province,1,,2025-01-01
T-1,Huyện đoàn Một,district,2,T,2025-01-01
T-2,Huyện đoàn Hai,district,2,T,2025-01-01
T-S,Đoàn trường Cao đẳng,school,2,T,2025-01-01
T-1-1,Đoàn xã An,commune,3,T-1,2025-01-01
T-2-1,Đoàn xã Bình,commune,3,T-2,2025-01-01
T-1-1-1,Chi đoàn ấp 1,branch,4,T-1-1,2025-01-01
T-1-1-2,Chi đoàn ấp 2,branch,4,T-1-1,2025-01-01
T-2-1-1,Chi đoàn ấp 3,branch,4,T-2-1,2025-01-01
T-2-1-2,Chi đoàn ấp 4,branch,4,T-2-1,2025-01-01
"""


@dataclass(frozen=True)
class Nguon:
    """`nguon` on a home folder; `within` are the words that run it otherwise than directly."""

    home: Path
    within: tuple[str, ...] = ()

    def __call__(self, *words: object, cwd: Path | None = None, **variables: str) -> CompletedProcess[str]:
        """Run a command line to its end; `variables` come on top of the environment."""
        process = self.start(*words, cwd=cwd, **variables)
        out, err = process.communicate(timeout=60)
        return CompletedProcess(process.args, process.returncode, out, err)

    def start(
        self,
        *words: object,
        cwd: Path | None = None,
        stdout: int = subprocess.PIPE,
        stderr: int = subprocess.PIPE,
        **variables: str,
    ) -> Popen[str]:
        """Begin to run a command line."""
        return Popen(
            [*self.within, sys.executable, "-P", "-m", "flows.cli", *map(str, words)],
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            encoding="utf-8",
            cwd=cwd,
            env=self.environment(**variables),
        )

    def environment(self, **variables: str) -> dict[str, str]:
        """Ours, with the compiled modules kept as an installed program keeps them."""
        ours = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        cache = {"PYTHONPYCACHEPREFIX": str(self.home.parent / "bytecode")}
        return ours | cache | {"NGUON_HOME": str(self.home), "PYTHONPATH": str(ROOT)} | variables


def filled(template: Path, members: int) -> None:
    """Fill in a template's membership sheet, as a branch would."""
    import openpyxl

    book = openpyxl.load_workbook(template)
    for row, value in enumerate((members, 1, 0, members + 5, 1, 0), start=4):
        book["Số lượng"].cell(row, 2, value)
    book.save(template)
