"""Synthetic tables and columns that `spectra.py` and `equilibrium.py` give to every code.

Cross sections are sums of Lorentz lines whose width grows with pressure and whose strength follows a Boltzmann
factor, over a floor; gases differ by seed. They are written as ExoMolOP/TauREx HDF5, which Exo_k, TauREx and the
readers here open alike. Ours runs in `cargo bench --bench peer_columns` (columns.rs) on a `cases.json`.
"""

import json
import os
import subprocess
from pathlib import Path

import h5py
import numpy as np

GASES = {"SiO": 44.084, "H2O": 18.015, "CO2": 44.009, "TiO": 63.866,
         "MgO": 40.304, "CO": 28.010, "SO2": 64.064, "AlO": 42.981}
BACKGROUND, BACKGROUND_MASS = "N2", 28.014
MOLE_FRACTION = 0.1
MEAN_MASS = MOLE_FRACTION * sum(GASES.values()) + (1 - MOLE_FRACTION * len(GASES)) * BACKGROUND_MASS
GRAVITY = 20.0
TOP_PA, BASE_PA = 1e-3, 1e5
STAR_K, RADIUS_RATIO = 5200.0, 0.0187
LINES = 25
H, C, K = 6.62607015e-34, 299792458.0, 1.380649e-23


def points(low, high, count):
    """Wavenumbers of equal ratio [cm-1], and the edges of their cells."""
    edges = np.geomspace(low, high, count + 1)
    return np.sqrt(edges[1:] * edges[:-1]), edges


def cross_section(gas, wavenumber, temperature, pressure_bar):
    """sigma [cm2] on (pressure, temperature, wavenumber)."""
    random = np.random.default_rng(1 + list(GASES).index(gas))
    span = np.log(wavenumber[-1] / wavenumber[0])
    centres = wavenumber[0] * np.exp(span * random.random(LINES))
    strengths = 10 ** random.uniform(-20, -17, LINES)
    energies = random.uniform(0, 6000, LINES)
    sigma = np.empty((len(pressure_bar), len(temperature), len(wavenumber)))
    for j, kelvin in enumerate(temperature):
        for i, bar in enumerate(pressure_bar):
            width = 2 + 20 * bar * np.sqrt(1000 / kelvin)
            total = np.full(len(wavenumber), 1e-26)
            for centre, strength, energy in zip(centres, strengths, energies):
                factor = strength * np.exp(-energy * (1 / kelvin - 1 / 2500))
                total += factor * width / np.pi / ((wavenumber - centre) ** 2 + width**2)
            sigma[i, j] = total
    return sigma


def write_tables(folder, wavenumber, temperature, pressure_bar):
    """One HDF5 file per gas, in single precision; returns the paths."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for gas, mass in GASES.items():
        path = folder / f"{gas}.h5"
        with h5py.File(path, "w") as file:
            for name, values, unit in [
                ("p", pressure_bar, "bar"), ("t", temperature, "K"), ("bin_edges", wavenumber, "cm^-1"),
                ("xsecarr", cross_section(gas, wavenumber, temperature, pressure_bar).astype("f4"), "cm^2/molecule"),
            ]:
                file.create_dataset(name, data=values).attrs["units"] = unit
            file.create_dataset("mol_name", data=np.array([gas.encode()]))
            file.create_dataset("mol_mass", data=np.array([mass]))
        paths.append(str(path))
    return paths


def node_temperatures(per_step=1):
    """800 to 6000 K in 13 equal ratios, each in `per_step` parts."""
    return np.geomspace(800, 6000, 13 * per_step + 1)


def node_pressures(per_decade=1):
    """1e-8 to 10 bar."""
    return np.logspace(-8, 1, 9 * per_decade + 1)


def levels(layers):
    """Pressures of the interfaces and of the layers [Pa], from the top."""
    interface = np.geomspace(TOP_PA, BASE_PA, layers + 1)
    return interface, np.sqrt(interface[1:] * interface[:-1])


def temperature(name, pressure_pa):
    """A column that cools upward, or the inversion of a lava planet [K]."""
    height = np.log10(BASE_PA / np.asarray(pressure_pa)) / np.log10(BASE_PA / TOP_PA)
    if name == "falling":
        return 2800 - 1000 * height**1.2
    return 2700 - 1300 * height + 2300 * height**2.5


def planck(wavenumber, kelvin):
    """pi B [W m-2 per cm-1]."""
    nu = 100 * np.asarray(wavenumber)
    return 100 * np.pi * 2 * H * C**2 * nu**3 / np.expm1(H * C * nu / (K * kelvin))


def binned_depth(flux, wavenumber, edges, bins):
    """Photon-weighted depth [ppm] in equally many points each, without the first and the last of all.

    `flux` [W m-2 per cm-1]. In the product the outermost bands carry the tails of the Planck function.
    """
    weight = np.diff(edges) / wavenumber
    weight[[0, -1]] = 0
    planet = (flux * weight).reshape(bins, -1).sum(axis=1)
    star = (planck(wavenumber, STAR_K) * weight).reshape(bins, -1).sum(axis=1)
    return 1e6 * RADIUS_RATIO**2 * planet / star


def spectrum_case(name, profile, layers, angles, tables, surface=None, repeats=0):
    """A column of given temperatures for `columns.rs`."""
    interface, layer = levels(layers)
    return {
        "name": name, "tables": [str(path) for path in tables],
        "interface_pa": list(interface), "layer_pa": list(layer),
        "temperature_k": list(temperature(profile, layer)),
        "surface_k": float(temperature(profile, BASE_PA) if surface is None else surface),
        "angles": angles, "repeats": repeats,
    }


def run_ours(folder, edges, bins, cases, **more):
    """Our side, one thread; returns its results by name."""
    folder = Path(folder)
    text = json.dumps({
        "gases": list(GASES), "mole_fraction": MOLE_FRACTION, "mean_molar_mass_g_mol": MEAN_MASS,
        "gravity_m_s2": GRAVITY, "edges_per_cm": list(edges), "bins": bins, "star_k": STAR_K,
        "radius_ratio": RADIUS_RATIO, "cases": cases, **more,
    })
    (folder / "cases.json").write_text(text)
    subprocess.run(
        ["cargo", "bench", "--bench", "peer_columns"], cwd=Path(__file__).resolve().parents[2], check=True,
        env={**os.environ, "MAGMARET_PEER_FOLDER": str(folder.resolve())}, stdout=subprocess.DEVNULL,
    )
    return json.loads((folder / "results.json").read_text())
