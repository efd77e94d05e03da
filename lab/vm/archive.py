"""The sources of the root file system's packages: the suite and the mirrors of this host's own apt (pure)."""
import re

# The argument of `apt-get indextargets --format`; it gives one line for each index.
FORMAT = "$(ORIGIN)|$(TARGET_OF)|$(CREATED_BY)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)"


def targets(listed):
    """(uri, release, component) of each binary index of Debian, in the order of apt's configuration."""
    found = []
    for line in listed.splitlines():
        origin, of, by, uri, release, component = line.split("|")
        one = (uri, release, component)
        if (origin, of, by) == ("Debian", "deb", "Packages") and one not in found:
            found.append(one)
    return found


def sources(listed):
    """Lines of a sources.list."""
    return [f"deb {uri} {release} {component}" for uri, release, component in targets(listed)]


def releases(listed):
    """As `sources`, without the mirrors: another mirror of the same archive is the same input."""
    return [f"{release} {component}" for _, release, component in targets(listed)]


def candidates(policy):
    """Package -> version that apt would install, from the output of `apt-cache policy`."""
    found, package = {}, None
    for line in policy.splitlines():
        if line.endswith(":") and not line.startswith(" "):
            package = line[:-1]
        elif line.startswith("  Candidate: ") and package:
            version = line.split(": ", 1)[1]
            if version != "(none)":
                found[package] = version
    return found


VERSIONED = re.compile(r"linux-image-(\d+(?:\.\d+)+(?:-\d+|\+deb\d+))-(.+)")


def kernels(names, flavour):
    """The versioned kernel packages of that flavour ("cloud-amd64") among `names`, the newest first."""
    found = []
    for name in names:
        match = VERSIONED.fullmatch(name)
        if match and match[2] == flavour:
            found.append(([int(number) for number in re.findall(r"\d+", match[1])], name))
    return [name for _, name in sorted(found, reverse=True)]
