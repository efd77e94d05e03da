"""The stories: one file each below stories/, run one after the other, each with its own machines and service."""
import importlib.util
import pathlib
import sys
import time
import traceback

from bed import Bed
from channel import Silent
from fleet import Failed, say
from removal import remove

FOLDER = pathlib.Path(__file__).parent / "stories"


class Story:
    def __init__(self, path):
        self.name = path.stem.replace("_", "-")
        spec = importlib.util.spec_from_file_location("story_" + path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        self.tell, self.words = module.tell, module.__doc__
        self.short = getattr(module, "SHORT", False)  # one of those that every change has to pass

    def headline(self):
        return " ".join(self.words.strip().split("\n\n")[0].split())


def all_stories():
    return [Story(path) for path in sorted(FOLDER.glob("*.py"))]


def run(story, programs, folder, workshop, keep):
    """True if every claim of the story held."""
    began = time.monotonic()
    say(f"story {story.name}: {story.headline()}")
    state, evidence = folder / "stories" / story.name, folder / "evidence" / story.name
    for old in (state, evidence):
        remove(old)
        old.mkdir(parents=True)
    bed = Bed(programs, state, workshop, evidence)
    good = False
    try:
        story.tell(bed)
        good = True
    except (Failed, Silent) as why:
        print(f"\nstory {story.name} FAILED: {why}\n\n{bed.what_happened()}", file=sys.stderr, flush=True)
    except Exception:  # a mistake in the story; the others run all the same
        traceback.print_exc()
        print(f"\nstory {story.name} FAILED\n\n{bed.what_happened()}", file=sys.stderr, flush=True)
    finally:
        bed.close()
    if good and not keep:
        remove(state)  # the evidence stays
    say(f"story {story.name}: {'holds' if good else 'FAILED'}, {time.monotonic() - began:.0f} s")
    return good
