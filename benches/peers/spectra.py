#!/usr/bin/env python3
"""Emission spectra of one column by TauREx, Exo_k, petitRADTRANS and the product: agreement and speed.

    pip install taurex==3.3.2 exo_k==1.3.2
    pip install petitRADTRANS==3.4.0 mpich          # builds Fortran; left out where it is not installed
    OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1 python benches/peers/spectra.py FOLDER

FOLDER receives the tables (1 GB) and may be thrown away. Prints the two tables of RESULTS.md: the largest
difference of the eclipse depth in any bin of R = 20 from 2 to 20 um, once as everyone comes (80 layers, tables of
14 x 10 nodes, 4 angles) and then with layers, tables and angles refined, and how far each code moved from its own
refined spectrum; and milliseconds per spectrum with ratios. Each code reads the same cross
sections and gets the same interfaces, temperatures and mole fractions; constant gravity. petitRADTRANS, which takes
k-tables with 16 abscissae alone, gets 16 equal values at fewer points in the first table, and 500 bins of 16 points
in the second.
"""

import contextlib
import importlib.util
import io
import itertools
import os
import sys
import time
from pathlib import Path

import h5py
import numpy as np

import synthetic as syn

BINS = 46
RANGE = 500.0, 5000.0
PROFILES = "falling", "inversion"
REPEATS = 20


def taurex(tables, profile, layers, angles, interpolation="exp"):
    """Layers are isothermal; the surface is as warm as the lowest of them."""
    import taurex.log
    from taurex.cache import OpacityCache
    from taurex.chemistry import ConstantGas, TaurexChemistry
    from taurex.constants import G
    from taurex.contributions import AbsorptionContribution
    from taurex.data.profiles.temperature.temparray import TemperatureArray
    from taurex.model import EmissionModel
    from taurex.opacity.hdf5opacity import HDF5Opacity
    from taurex.planet import Planet
    from taurex.stellar import BlackbodyStar

    taurex.log.disableLogging()
    OpacityCache().opacity_dict = {}
    for path in tables:
        OpacityCache().add_opacity(HDF5Opacity(path, interpolation_mode=interpolation, in_memory=True))
    chemistry = TaurexChemistry(fill_gases=[syn.BACKGROUND])
    for gas in syn.GASES:
        chemistry.addGas(ConstantGas(gas, mix_ratio=syn.MOLE_FRACTION))
    # So large a planet that gravity is the same everywhere.
    radius = 1e4
    planet = Planet(planet_mass=1.0, planet_radius=radius)
    planet.mass = syn.GRAVITY * planet.get_planet_radius("m") ** 2 / G / planet.get_planet_mass("kg")
    kelvin = syn.temperature(profile, syn.levels(layers)[1])[::-1]
    given = TemperatureArray(tp_array=kelvin)
    star = BlackbodyStar(temperature=syn.STAR_K)
    model = EmissionModel(
        planet=planet, star=star, temperature_profile=given, chemistry=chemistry, nlayers=layers,
        atm_min_pressure=syn.TOP_PA, atm_max_pressure=syn.BASE_PA, ngauss=angles,
    )
    model.add_contribution(AbsorptionContribution())
    model.build()

    def solve(shift=0.0):
        given._tp_profile = kelvin + shift
        return model.model()

    def flux():
        wavenumber, ratio, _, _ = solve()
        return ratio * syn.planck(wavenumber, syn.STAR_K) * (star.radius / planet.fullRadius) ** 2

    return solve, flux


def exo_k(tables, profile, layers, angles):
    """Its layers lie between our interfaces, where it has the temperatures."""
    import exo_k as xk

    database = xk.Kdatabase(None)
    loaded = [xk.Xtable(filename=path) for path in tables]
    for table in loaded:
        table.convert_to_mks()
    database.add_ktables(*loaded)
    interface, layer = syn.levels(layers)
    pressures = np.concatenate([[interface[0]], layer, [interface[-1]]])
    kelvin = syn.temperature(profile, interface)
    gases = dict.fromkeys(syn.GASES, syn.MOLE_FRACTION)

    def solve(shift=0.0):
        column = xk.Atm(
            logplay=np.log10(interface), logplev=np.log10(pressures), tlay=kelvin + shift, grav=syn.GRAVITY,
            composition={**gases, syn.BACKGROUND: "background"}, Mgas=1e-3 * syn.MEAN_MASS, rcp=0.28,
            k_database=database,
        )
        return column.emission_spectrum_quad(integral=False, mu_quad_order=angles)

    return solve, lambda: solve().value


ISOTOPOLOGUES = {"SiO": "28Si-16O", "H2O": "1H2-16O", "CO2": "12C-16O2", "TiO": "48Ti-16O", "MgO": "24Mg-16O",
                 "CO": "12C-16O", "SO2": "32S-16O2", "AlO": "27Al-16O"}
G_POINTS = 16


def k_tables(tables, per_bin):
    """petitRADTRANS k-tables: 16 equal values at every point, or the 16 points of a bin sorted."""
    root = Path(tables[0]).parent / f"input_data_{per_bin}" / "input_data"
    samples = (np.arange(G_POINTS) + 0.5) / G_POINTS
    for path in tables:
        gas = Path(path).stem
        folder = root / "opacities/lines/correlated_k" / gas / ISOTOPOLOGUES[gas]
        folder.mkdir(parents=True, exist_ok=True)
        with h5py.File(path) as file:
            pressure, kelvin, wavenumber, sigma = (file[name][()] for name in ("p", "t", "bin_edges", "xsecarr"))
        step = np.sqrt(wavenumber[1] / wavenumber[0])
        edges = np.append(wavenumber / step, wavenumber[-1] * step)[::per_bin]
        # A bin more on both sides, and centres a little inward: it finds its bins by comparing frequencies.
        outer = np.concatenate([[edges[0] ** 2 / edges[1]], edges, [edges[-1] ** 2 / edges[-2]]])
        centres = 0.5 * (outer[1:] + outer[:-1])
        centres += 1e-9 * (centres.mean() - centres)
        values = sigma.reshape(*sigma.shape[:2], -1, per_bin)
        values = np.sort(values) if per_bin == G_POINTS else np.repeat(values, G_POINTS, axis=3)
        values = np.pad(values, [(0, 0), (0, 0), (1, 1), (0, 0)], mode="edge")
        with h5py.File(folder / f"{ISOTOPOLOGUES[gas]}__SYNTH.R1000_2.0-20.0mu.ktable.petitRADTRANS.h5", "w") as file:
            for name, content in {
                "p": pressure, "t": kelvin, "kcoeff": values, "bin_edges": outer, "samples": samples,
                "bin_centers": centres, "weights": np.full(G_POINTS, 1 / G_POINTS),
                "mol_mass": np.array([syn.GASES[gas]]), "mol_name": np.array([gas.encode()]), "ngauss": G_POINTS,
                "DOI": np.array([b"none"]), "temperature_grid_type": np.array([b"regular"]),
                "wlrange": 1e4 / edges[[-1, 0]], "wnrange": edges[[0, -1]], "method": np.array([b"synthetic"]),
            }.items():
                file[name] = content
    return root, edges


def petitradtrans(tables, profile, layers, angles, per_bin=1):
    """k-tables of constant k at every point (agreement), or of 16 points per bin (speed)."""
    from petitRADTRANS.radtrans import Radtrans

    root, edges = k_tables(tables, per_bin)
    interface = syn.levels(layers)[0]
    cosines, weights = np.polynomial.legendre.leggauss(angles)
    names = {gas: f"{ISOTOPOLOGUES[gas]}__SYNTH.R1000" for gas in syn.GASES}
    solver = Radtrans(
        pressures=1e-5 * interface, wavelength_boundaries=1e4 / edges[[-1, 0]],
        line_species=list(names.values()), line_opacity_mode="c-k", path_input_data=str(root),
        emission_angle_grid=np.array([(cosines + 1) / 2, weights / 2]),
    )
    kelvin = syn.temperature(profile, interface)
    mass_fractions = {
        names[gas]: np.full(layers + 1, syn.MOLE_FRACTION * mass / syn.MEAN_MASS) for gas, mass in syn.GASES.items()
    }
    mean_mass = np.full(layers + 1, syn.MEAN_MASS)

    def solve(shift=0.0):
        return solver.calculate_flux(
            temperatures=kelvin + shift, mass_fractions=mass_fractions, mean_molar_masses=mean_mass,
            reference_gravity=100 * syn.GRAVITY, frequencies_to_wavelengths=False,
        )

    def flux():
        frequency, value = solve()[:2]
        # erg s-1 cm-2 Hz-1 to W m-2 per cm-1
        return (value * 1e-3 * 100 * syn.C)[np.argsort(frequency)]

    return solve, flux


PEERS = {"TauREx": ("taurex", taurex), "Exo_k": ("exo_k", exo_k), "petitRADTRANS": ("petitRADTRANS", petitradtrans)}


def built(peer, *arguments):
    """(solve, flux) of a peer, without what it says while it loads; None where it is not installed."""
    package, build = PEERS[peer]
    if importlib.util.find_spec(package) is None:
        print(f"skipped: {package} is not installed", file=sys.stderr)
        return None
    with contextlib.redirect_stdout(io.StringIO()):
        return build(*arguments)


def compare(folder, peers, per_bin):
    """Rows of differences, everything as it comes and refined, on so many points per bin."""
    wavenumber, edges = syn.points(*RANGE, BINS * per_bin)
    coarse, fine = (
        syn.write_tables(
            folder / f"{per_bin}_{parts}", wavenumber, syn.node_temperatures(parts), syn.node_pressures(parts)
        )
        for parts in (1, 4)
    )
    settings = [
        ("as it comes", coarse, 80, 4), ("640 layers", coarse, 640, 4), ("finer tables", fine, 80, 4),
        ("16 angles", coarse, 80, 16), ("all three", fine, 640, 16),
    ]
    cases, theirs = [], {}
    for peer, profile, (label, tables, layers, angles) in itertools.product(peers, PROFILES, settings):
        solver = built(peer, tables, profile, layers, angles)
        if solver is None:
            continue
        name = f"{peer} | {profile} | {label}"
        lowest = syn.temperature(profile, syn.levels(layers)[1][-1]) if peer == "TauREx" else None
        cases.append(syn.spectrum_case(name, profile, layers, angles, tables, lowest))
        theirs[name] = syn.binned_depth(solver[1](), wavenumber, edges, BINS)
    ours = syn.run_ours(folder, edges, BINS, cases)
    own = {name: np.array(ours[name]["depth_ppm"]) for name in theirs}
    for name, depth in theirs.items():
        refined = name.rpartition("|")[0] + f"| {settings[-1][0]}"
        numbers = [percent(own[name], depth), np.abs(own[name] - depth).max()]
        numbers += [percent(one[name], one[refined]) for one in (theirs, own)]
        print(f"| {name} | {len(wavenumber)} | {depth.min():.0f} to {depth.max():.0f} | "
              + " | ".join(f"{x:.4f}" for x in numbers) + " |", flush=True)


def percent(one, other):
    return 100 * np.abs(one / other - 1).max()


def timed(solve):
    """Milliseconds: mean of the processor, and the fastest of the clock."""
    solve(0.5)
    began, best = time.process_time(), np.inf
    for i in range(REPEATS):
        start = time.perf_counter()
        solve(float(i % 10))
        best = min(best, time.perf_counter() - start)
    return np.array([1e3 * (time.process_time() - began) / REPEATS, 1e3 * best])


def speed(folder):
    """One spectrum of 80 layers, 8000 points, 8 gases, 4 angles; the temperatures change every time."""
    wavenumber, edges = syn.points(*RANGE, 8000)
    tables = syn.write_tables(folder / "speed", wavenumber, syn.node_temperatures(), syn.node_pressures())
    case = syn.spectrum_case("a Planck function per point", "inversion", 80, 4, tables, repeats=5 * REPEATS)
    bands = {**case, "name": "one per band of 40 points", "points_per_band": 40}
    theirs = {}
    for peer, more in (("TauREx", ["linear"]), ("Exo_k", []), ("petitRADTRANS", [G_POINTS])):
        solver = built(peer, tables, "inversion", 80, 4, *more)
        if solver is not None:
            theirs[peer] = timed(solver[0])
    ours = syn.run_ours(folder, edges, 40, [case, bands])
    print(f"\nload {os.getloadavg()[0]:.1f}\n\n| code | processor [ms] | fastest [ms] |\n|---|---|---|")
    for peer, (mean, best) in theirs.items():
        print(f"| {peer} | {mean:.0f} | {best:.0f} |")
    for name, own in ours.items():
        times = 1e3 * np.array([own["seconds"], own["best_seconds"]])
        print(f"| ours, {name} | {times[0]:.1f} | {times[1]:.1f} |")
        for peer, one in theirs.items():
            print(f"| {peer} over it | {one[0] / times[0]:.1f} | {one[1] / times[1]:.1f} |")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    speed(folder)
    print("\n| code | temperatures | settings | points | depths [ppm] | apart [%] | [ppm] | it moved [%] | we [%] |")
    print(9 * "|---" + "|")
    compare(folder, ["TauREx", "Exo_k"], 80)
    compare(folder, ["petitRADTRANS"], 10)


if __name__ == "__main__":
    main()
