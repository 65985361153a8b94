#!/usr/bin/env python3
"""Times pyfastchem on the points of benches/chemistry.rs and prints the ratio.

Both programs run here, one after the other, on the same constants (FastChem's), the same mixtures and the same
(T, p) points, in double precision on one core. Needs pyfastchem (pip install pyfastchem==4.0.3 in a virtual
environment), cargo, and MAGMARET_REFERENCE_DIR (vaporisation/fastchem_logK.dat and fastchem4_*.csv).

    MAGMARET_REFERENCE_DIR=... python benches/peers/fastchem.py

Ours is timed by `cargo bench --bench peer_points` (benches/peers/points.rs), to which further arguments of this script
are passed (`--no-default-features`, say). Medians over points; cold: from nothing, as FastChem starts; warm: from
the previous point of the table.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyfastchem

MIXTURES = ["vapIW", "vapIWm4", "CHONS"]
REPEATS = 5


def read_table(path):
    lines = path.read_text().splitlines()
    abundances = lines[1].split("(O=12):")[1].split()
    points = [tuple(map(float, line.split(",")[:2])) for line in lines[3:]]
    return abundances, points


def time_fastchem(constants, abundances, points):
    """Median over repeats of the mean time per point, and medians per point, in microseconds."""
    with tempfile.NamedTemporaryFile("w", suffix=".dat") as file:
        file.write("# abundances\ne- 0.0\n")
        file.writelines(entry.replace("=", " ") + "\n" for entry in abundances)
        file.flush()
        solver = pyfastchem.FastChem(file.name, str(constants), 0)
    per_point = []
    for temperature, pressure in points:
        given, found = pyfastchem.FastChemInput(), pyfastchem.FastChemOutput()
        given.temperature, given.pressure = np.array([temperature]), np.array([pressure])
        times = []
        for _ in range(REPEATS):
            start = time.perf_counter()
            if solver.calcDensities(given, found) != 0:
                sys.exit(f"pyfastchem failed at {temperature} K, {pressure} bar")
            times.append(time.perf_counter() - start)
        per_point.append(np.median(times) * 1e6)
    return solver.getGasSpeciesNumber(), float(np.median(per_point))


def time_ours(root):
    command = ["cargo", "bench", "--bench", "peer_points", *sys.argv[1:]]
    text = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout
    rows = {}
    for line in text.splitlines():
        if line.startswith("timing "):
            _, name, species, cold, warm = line.split()
            rows[name] = (int(species), float(cold), float(warm))
    return rows


def main():
    folder = os.environ.get("MAGMARET_REFERENCE_DIR")
    if folder is None:
        sys.exit("set MAGMARET_REFERENCE_DIR to the folder of reference files")
    folder = Path(folder) / "vaporisation"
    ours = time_ours(Path(__file__).resolve().parents[2])
    print(f"{'mixture':<14}{'species':>8}{'fastchem us':>13}{'cold us':>9}{'warm us':>9}{'cold x':>8}{'warm x':>8}")
    for name in [*MIXTURES, "CHONS_rock"]:
        source = "CHONS" if name == "CHONS_rock" else name
        abundances, points = read_table(folder / f"fastchem4_{source}.csv")
        if name == "CHONS_rock":
            rock, _ = read_table(folder / "fastchem4_vapIW.csv")
            abundances += [entry for entry in rock if not entry.startswith("O=")]
        species, theirs = time_fastchem(folder / "fastchem_logK.dat", abundances, points)
        count, cold, warm = ours[name]
        if count != species:
            sys.exit(f"{name}: {species} species in FastChem, {count} here")
        print(
            f"{name:<14}{species:>8}{theirs:>13.1f}{cold:>9.1f}{warm:>9.1f}"
            f"{theirs / cold:>8.1f}{theirs / warm:>8.1f}"
        )


if __name__ == "__main__":
    main()
