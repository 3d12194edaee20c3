"""Copies the used part of the front end's third parties from node_modules/ to static/vendor/ (ignored by git).

`python -m fællesfamilier.frontend` is called by `./run` after `npm ci`. Det Fælles Designsystem is 30 MB as it comes;
what the pages use is about one. Its style sheet is wrapped in `@layer dkfds`, so that our plain rules win over it, and
loses what the manifest storage cannot follow (its source map, the font formats not copied). Standard library only.
"""

import re
import shutil
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
MODULES = BASE / "node_modules"
VENDOR = BASE / "static" / "vendor"

# The weights the style sheets use; TTF is what the PDFs embed.
FACES = (
    "Regular",
    "Italic",
    "Medium",
    "MediumItalic",
    "SemiBold",
    "SemiBoldItalic",
    "Bold",
    "BoldItalic",
)
_SOURCE_MAP = re.compile(r"/\*# sourceMappingURL=[^*]*\*/|^//# sourceMappingURL=.*$", re.MULTILINE)
_FACE = re.compile(r"@font-face\{[^}]*\}")
_WOFF2 = re.compile(r"url\([^)]*/(IBMPlexSans-\w+\.woff2)\)")
_URL = re.compile(r"url\(\.\./([^)]+)\)")


def _face(match: re.Match[str]) -> str:
    """The same face from woff2 alone; a face that names no file of ours goes away."""
    file = _WOFF2.search(match[0])
    if file is None:
        return ""
    source = f'src:url(../fonts/{file[1]}) format("woff2")'
    return re.sub(r"src:[^}]*", lambda _: source, match[0])


def copy_dkfds(source: Path, target: Path) -> None:
    """The neutral theme, its script, the icons its style sheet names and the pages use, the fonts, the licence."""
    fonts = source / "fonts" / "IBMPlexSans" / "complete"
    (target / "css").mkdir(parents=True)
    (target / "fonts").mkdir()
    (target / "js").mkdir()
    css = _SOURCE_MAP.sub("", (source / "css" / "dkfds.min.css").read_text(encoding="utf-8"))
    css = _FACE.sub(_face, css.replace('@charset "UTF-8";', "").lstrip("\ufeff"))
    (target / "css" / "dkfds.css").write_text('@charset "UTF-8";@layer dkfds{' + css + "}\n", encoding="utf-8")
    for face in FACES:
        for kind in ("woff2", "ttf"):
            shutil.copy(fonts / kind / f"IBMPlexSans-{face}.{kind}", target / "fonts")
    for name in set(_URL.findall(css)):
        if name.startswith("img/"):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source / name, target / name)
    shutil.copy(source / "img" / "all-svg-icons.svg", target / "img")
    script = (source / "js" / "dkfds.min.js").read_text(encoding="utf-8")
    (target / "js" / "dkfds.js").write_text(_SOURCE_MAP.sub("", script), encoding="utf-8")
    shutil.copy(source / "LICENSE.md", target)


def copy_sortable(source: Path, target: Path) -> None:
    """One script, and its licence."""
    target.mkdir(parents=True)
    shutil.copy(source / "Sortable.min.js", target / "sortable.js")
    shutil.copy(source / "LICENSE", target)


def main() -> None:
    """Make static/vendor/ anew, so that nothing of an older version stays."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    copy_dkfds(MODULES / "dkfds" / "dist", VENDOR / "dkfds")
    copy_sortable(MODULES / "sortablejs", VENDOR / "sortable")


if __name__ == "__main__":
    main()
