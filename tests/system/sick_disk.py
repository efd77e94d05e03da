"""A disk below the service that is sick on command (fault_shim.cpp)."""
import os


class Disk:
    def __init__(self, scene, shim):
        self.scene, self.shim, self.file = scene, shim, scene.dir / "disk"

    def is_now(self, word):
        """"well", "hang", "full", "fail" or "meta"; at once."""
        new = self.file.with_suffix(".new")
        new.write_text(word)
        new.replace(self.file)

    def start_service(self):
        # LSan insists on being first among preloaded libraries. It is linked in, so that is not needed.
        options = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
        self.scene.start("ras", "env", f"LD_PRELOAD={self.shim}", f"MUSTER_DISK={self.file}", f"ASAN_OPTIONS={options}",
                         self.scene.bin / "ras", "--config", self.scene.dir / "service.yaml")
        self.scene.until("ras answers on its socket", self.scene.answers)
