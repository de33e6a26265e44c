"""Writes down what the library of telephone numbers knows of Chinese prefixes, in a small file.

    python -m scripts.number_places

The library's own tables hold every country in every language: 190 MB and seven seconds for each
process that opens them. The city's callers come from China; of all others the country is enough.
Run this again when `phonenumbers` is renewed: a test says when the file is no longer true.
"""

import gzip
import io
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "app" / "callers" / "data" / "chinese_prefixes.txt.gz"
COUNTRY = "86"
LANGUAGES = ("zh", "en")
MOBILES = range(1_300_000, 2_000_000)
"""Every beginning of a mobile number that is long enough to be given to a city."""


def write() -> None:
    """Write the file anew; the same library gives the same bytes."""
    text = io.BytesIO()
    with gzip.GzipFile(fileobj=text, mode="wb", compresslevel=9, mtime=0) as packed:
        packed.write("\n".join(lines()).encode("utf-8"))
    FILE.write_bytes(text.getvalue())


def lines() -> list[str]:
    """Return the lines: names, landline prefixes, carriers, and runs of mobile prefixes."""
    # Opened here alone: see above what it costs.
    from phonenumbers.carrierdata import CARRIER_DATA  # noqa: PLC0415
    from phonenumbers.geodata import GEOCODE_DATA  # noqa: PLC0415

    places = _of_china(GEOCODE_DATA)
    carriers = _of_china(CARRIER_DATA)
    mobile = {prefix: name for prefix, name in places.items() if _is_mobile(prefix)}
    names = sorted({*places.values(), *carriers.values()})
    number_of = {name: number for number, name in enumerate(names)}
    found = [f"name\t{'	'.join(name)}" for name in names]
    found += [
        f"landline\t{prefix}\t{number_of[name]}"
        for prefix, name in sorted(places.items())
        if prefix not in mobile
    ]
    found += [f"carrier\t{prefix}\t{number_of[name]}" for prefix, name in sorted(carriers.items())]
    last: tuple[str, ...] | None = None
    for prefix in MOBILES:
        name = _longest(mobile, str(prefix))
        if name != last:
            found.append(f"from\t{prefix}\t{number_of[name] if name else ''}")
            last = name
    return found


def _of_china(table: dict[str, dict[str, str]]) -> dict[str, tuple[str, ...]]:
    return {
        prefix.removeprefix(COUNTRY): tuple(names.get(language, "") for language in LANGUAGES)
        for prefix, names in table.items()
        if prefix.startswith(COUNTRY)
    }


def _is_mobile(prefix: str) -> bool:
    return prefix.startswith("1") and not prefix.startswith("10")  # 10 is Beijing


def _longest(table: dict[str, tuple[str, ...]], number: str) -> tuple[str, ...] | None:
    for length in range(len(number), 0, -1):
        if (name := table.get(number[:length])) is not None:
            return name
    return None


if __name__ == "__main__":
    write()
