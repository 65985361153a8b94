#!/usr/bin/env python3
"""Radiative equilibrium of one column by Exo_k's time stepping and by the product: temperatures and times.

    pip install exo_k==1.3.2
    OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1 python benches/peers/equilibrium.py FOLDER [POINTS]

The same tables, pressures, mole fractions and starlight, from the same isothermal start; two streams with a mean
cosine of 1/2, black surface. Exo_k has its temperatures at our interfaces, the lowest being its surface. It evolves
in runs that double in length, as its `equilibrate` does; after each the largest |net flux| at any level over the
incoming flux is printed with the time so far (compilation excluded), and then our time to the same imbalance.
"""

import os
import sys
import time
from pathlib import Path

import numpy as np

import synthetic as syn

RANGE = 200.0, 50000.0
LAYERS = 80
IRRADIATION_K = 2500.0
SIGMA = 5.670374419e-8
PATIENCE_S = 420.0


def column(tables, acceleration):
    """The evolution model at its start."""
    import exo_k as xk

    database = xk.Kdatabase(None)
    loaded = [xk.Xtable(filename=path) for path in tables]
    for table in loaded:
        table.convert_to_mks()
    database.add_ktables(*loaded)
    interface, layer = syn.levels(LAYERS)
    pressures = np.concatenate([[interface[0]], layer, [interface[-1]]])
    gases = {**dict.fromkeys(syn.GASES, syn.MOLE_FRACTION), syn.BACKGROUND: "background"}
    return xk.Atm_evolution(
        bg_vmr=gases, cp=1000.0, M_bg=1e-3 * syn.MEAN_MASS, logplay=np.log10(interface),
        logplev=np.log10(pressures), tlay=np.full(LAYERS + 1, IRRADIATION_K), grav=syn.GRAVITY, k_database=database,
        Tstar=syn.STAR_K, flux_top_dw=SIGMA * IRRADIATION_K**4, mu0=0.5, rayleigh=False, convection=False,
        acceleration_mode=acceleration,
    )


def evolve(tables, acceleration):
    """(steps, seconds, largest imbalance) after each run, and the temperatures."""
    model = column(tables, acceleration)
    model.evolve(N_timestep=2)
    model = column(tables, acceleration)
    incoming = SIGMA * IRRADIATION_K**4
    steps, length, way, seconds = 0, 50, [], 0.0
    while seconds < PATIENCE_S:
        start = time.process_time()
        model.evolve(N_timestep=length)
        seconds += time.process_time() - start
        steps += length
        net = model.atm.flux_divergence()[1]
        way.append((steps, seconds, np.abs(net).max() / incoming))
        print(f"| {acceleration} | {steps} | {seconds:.1f} | {way[-1][2]:.1e} |", flush=True)
        if way[-1][2] < 1e-6 or 2.5 * seconds > PATIENCE_S:
            break
        length = steps
    return way, model.tlay


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    folder, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    wavenumber, edges = syn.points(*RANGE, count)
    tables = syn.write_tables(folder / "equilibrium", wavenumber, syn.node_temperatures(), syn.node_pressures())
    print(f"{count} points, {LAYERS} layers\n\n| acceleration mode | steps | s | imbalance |\n|---|---|---|---|")
    runs = [evolve(tables, mode) for mode in (0, 1)]
    interface, layer = syn.levels(LAYERS)
    cases = []
    for mode, (way, _) in enumerate(runs):
        for target in (way[-1][2], 1e-6):
            case = syn.spectrum_case(f"{mode} {target:.1e}", "falling", LAYERS, 4, tables, IRRADIATION_K, 9)
            case.update(irradiation_k=IRRADIATION_K, imbalance=target, temperature_k=[IRRADIATION_K] * LAYERS)
            cases.append(case)
    ours = syn.run_ours(folder, edges, 1, cases)
    print(f"\nload {os.getloadavg()[0]:.1f}\n\n| mode | Exo_k | ours to | ms | steps | ratio | largest dT [K] |")
    print("|---|---|---|---|---|---|---|")
    for case in cases:
        mode = int(case["name"][0])
        (_, seconds, imbalance), kelvin = runs[mode][0][-1], runs[mode][1]
        result = ours[case["name"]]
        at_layers = np.interp(np.log(layer), np.log(interface), kelvin)
        apart = np.abs(np.append(at_layers, kelvin[-1]) - [*result["temperature_k"], result["surface_k"]]).max()
        own = 1e3 * result["seconds"]
        print(f"| {mode} | {seconds:.1f} s to {imbalance:.1e} | {result['imbalance']:.1e} | {own:.0f} "
              f"| {result['iterations']} | {seconds / result['seconds']:.0f} | {apart:.1f} |")


if __name__ == "__main__":
    main()
