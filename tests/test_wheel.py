"""The wheel is whole: installed alone into a fresh environment, it makes and checks a workspace."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from engine.shipped import POLICY_FOLDERS

ROOT = Path(__file__).resolve().parent.parent
COMPILING = {"CPPFLAGS": f"{os.environ.get('CPPFLAGS', '')} -DPyEval_CallObject=PyObject_CallObject"}  # durable-rules


def run(*command: str | Path, cwd: Path) -> str:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(command, cwd=cwd, env=clean | COMPILING, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.wheel
def test_the_shipped_policy_travels_with_the_wheel(tmp_path: Path) -> None:
    pytest.importorskip("pip")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    run(*pip, "wheel", "--no-deps", "--wheel-dir", tmp_path, ROOT, cwd=tmp_path)
    (wheel,) = tmp_path.glob("holdfast-*.whl")
    venv.create(tmp_path / "fresh", with_pip=False)
    bin = tmp_path / "fresh" / ("Scripts" if os.name == "nt" else "bin")
    run(*pip, "--python", bin / "python", "install", wheel, cwd=tmp_path)
    firm = tmp_path / "firm"
    firm.mkdir()
    run(bin / "holdfast", "init", ".", cwd=firm)
    run(bin / "holdfast", "check", cwd=firm)
    for folder in POLICY_FOLDERS:
        made, shipped = ({p.relative_to(at / folder) for p in (at / folder).rglob("*.*")} for at in (firm, ROOT))
        assert made == shipped
    where = run(bin / "python", "-c", "from engine.shipped import shipped_root; print(shipped_root())", cwd=firm)
    assert Path(where.strip()) == Path(next((tmp_path / "fresh").rglob("_shipped")))
    assert (Path(where.strip()) / "examples").is_dir()
