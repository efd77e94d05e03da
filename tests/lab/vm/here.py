"""Lets a test import the modules of lab/vm/."""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "lab" / "vm"), str(ROOT / "lab")]
