#!/usr/bin/env python3
"""Radiative equilibrium of one column by Exo_k's time stepping and by the product: temperatures and times.

    pip install exo_k==1.3.2
    OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1 python benches/peers/equilibrium.py FOLDER [POINTS [BAR]]

The same tables, pressures, mole fractions and starlight, from the same isothermal start; two streams with a mean
cosine of 1/2, black surface at BAR (0.1), POINTS (2000) from 0.2 to 50 um. Exo_k has its temperatures at our
interfaces, the lowest being its surface. It evolves in runs that double in length, as its `equilibrate` does, with
`acceleration_mode=1` (none is 20 times slower). Each row: processor seconds so far (compilation excluded), the
largest |net flux| at any level over the incoming flux, and ours to the same imbalance.
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
PATIENCE_S = 200.0


def column(tables):
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
        acceleration_mode=1,
    )


def evolve(tables):
    """(steps, seconds, largest imbalance) after each run, and the temperatures."""
    column(tables).evolve(N_timestep=2)
    start = time.process_time()
    model = column(tables)
    steps, way = 0, []
    while True:
        more = max(steps, 50)
        model.evolve(N_timestep=more)
        steps += more
        seconds, net = time.process_time() - start, model.atm.flux_divergence()[1]
        way.append((steps, seconds, np.abs(net).max() / (SIGMA * IRRADIATION_K**4)))
        if way[-1][2] < 1e-6 or seconds > PATIENCE_S / 2:
            return way, model.atm.tlay_kernel


def main():
    if len(sys.argv) not in (2, 3, 4):
        sys.exit(__doc__)
    folder, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    syn.BASE_PA = 1e5 * float(sys.argv[3]) if len(sys.argv) > 3 else 1e4
    wavenumber, edges = syn.points(*RANGE, count)
    tables = syn.write_tables(folder / "equilibrium", wavenumber, syn.node_temperatures(), syn.node_pressures())
    way, kelvin = evolve(tables)
    cases = []
    for steps, _, imbalance in way:
        case = syn.spectrum_case(str(steps), "falling", LAYERS, 4, tables, IRRADIATION_K, 25)
        case.update(irradiation_k=IRRADIATION_K, imbalance=imbalance, temperature_k=[IRRADIATION_K] * LAYERS)
        cases.append(case)
    ours = syn.run_ours(folder, edges, 1, cases)
    print(f"{count} points, {LAYERS} layers, {1e-5 * syn.BASE_PA:g} bar, load {os.getloadavg()[0]:.1f}\n")
    print("| Exo_k steps | s | imbalance | ours | ms | steps | ratio |\n" + 7 * "|---" + "|")
    for steps, seconds, imbalance in way:
        own = ours[str(steps)]
        print(f"| {steps} | {seconds:.1f} | {imbalance:.1e} | {own['imbalance']:.1e} | {1e3 * own['seconds']:.1f} "
              f"| {own['iterations']} | {seconds / own['seconds']:.0f} |")
    interface, layer = syn.levels(LAYERS)
    apart = np.interp(np.log(layer), np.log(interface), kelvin) - own["temperature_k"]
    print(f"\nExo_k less ours at the end: layers {apart.min():.2f} to {apart.max():.2f} K, "
          f"surface {kelvin[-1] - own['surface_k']:.2f} K")


if __name__ == "__main__":
    main()
