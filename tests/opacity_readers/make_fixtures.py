"""Synthetic opacity files in every format that the readers take, written by the libraries that
define the formats (exo_k, h5py, numpy). The values follow the closed formulae below, which
tests/opacity_readers/formulae.rs repeats; nothing is copied from a published table.

    pip install numpy h5py exo_k taurex
    python make_fixtures.py            (writes ./fixtures, checks them with exo_k and taurex)
"""

import bz2
import os
import shutil

import exo_k
import h5py
import numpy as np

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fixtures")
C2 = 1.438776877  # cm K
LIGHT_CM_S = 2.99792458e10
AVOGADRO = 6.02214076e23
MASS_SIO = 44.084
TEMPERATURE = np.array([500.0, 1000.0, 2000.0, 3500.0])
PRESSURE_BAR = np.array([1e-6, 1e-3, 1.0, 100.0, 1000.0])
WAVENUMBER = 500.0 + 10.0 * np.arange(151)
EDGES = 600.0 * 1.04 ** np.arange(21)
G_NODES, G_WEIGHTS = np.polynomial.legendre.leggauss(8)
G, WEIGHTS = 0.5 * (G_NODES + 1.0), 0.5 * G_WEIGHTS


def cross_section(nu, temperature, pressure_bar):
    """A Lorentzian band whose integral depends on temperature alone [cm2]."""
    width = 30.0 + 20.0 * pressure_bar / (1.0 + pressure_bar)
    strength = 1e-18 * (temperature / 1000.0) ** -1.5
    return strength * width / ((nu - 1230.0) ** 2 + width**2) + 1e-27


def table():
    p, t, nu = np.meshgrid(PRESSURE_BAR, TEMPERATURE, WAVENUMBER, indexing="ij")
    return cross_section(nu, t, p)


def distribution():
    centres = 0.5 * (EDGES[1:] + EDGES[:-1])
    p, t, nu, g = np.meshgrid(PRESSURE_BAR, TEMPERATURE, centres, G, indexing="ij")
    return cross_section(nu, t, p) * np.exp(6.0 * (g - 0.5))


def path(*parts):
    full = os.path.join(HERE, *parts)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    return full


def text_dataset(file, name, text):
    file.create_dataset(name, (1,), data=text, dtype=h5py.string_dtype("utf-8"))


def taurex_cross_sections():
    with h5py.File(path("SiO.TauREx.h5"), "w") as f:
        for name, text in [("DOI", "10.0000/synthetic"), ("mol_name", "SiO"), ("key_iso_ll", "28Si-16O__Test")]:
            text_dataset(f, name, text)
        f.create_dataset("mol_mass", (1,), data=43.971842)
        f.create_dataset("t", data=TEMPERATURE)
        f["t"].attrs["units"] = "K"
        f.create_dataset("p", data=PRESSURE_BAR)
        f["p"].attrs["units"] = "bar"
        f.create_dataset("bin_edges", data=WAVENUMBER)
        f["bin_edges"].attrs["units"] = "cm^-1"
        f.create_dataset("xsecarr", data=table().astype("f4"), chunks=(2, 3, 100), compression="gzip", shuffle=True)
        f["xsecarr"].attrs["units"] = "cm^2/molecule"


def common(object_, data, unit, pressure_unit):
    object_.mol = "SiO"
    object_.DOI = "10.0000/synthetic"
    object_.isotopolog_id = 281
    object_.tgrid = TEMPERATURE
    object_.logpgrid = np.log10(PRESSURE_BAR)
    object_.pgrid = PRESSURE_BAR
    object_.p_unit = pressure_unit
    object_.kdata_unit = unit
    object_.Nt, object_.Np = TEMPERATURE.size, PRESSURE_BAR.size
    object_.kdata = data


def exo_k_tables():
    for name, options in [("SiO_bar_cm2.h5", dict(exomol_units=True)), ("SiO_Pa_m2.h5", dict(kdata_unit="m^2/molecule", p_unit="Pa"))]:
        x = exo_k.Xtable()
        common(x, table(), "cm^2/molecule", "bar")
        x.wns, x.wnedges, x.Nw = WAVENUMBER, None, WAVENUMBER.size
        x.wnedges = np.concatenate([[WAVENUMBER[0]], 0.5 * (WAVENUMBER[1:] + WAVENUMBER[:-1]), [WAVENUMBER[-1]]])
        x.write_hdf5(path("xtable_" + name), **options)
        k = exo_k.Ktable()
        common(k, distribution(), "cm^2/molecule", "bar")
        k.wnedges = EDGES
        k.wns = 0.5 * (EDGES[1:] + EDGES[:-1])
        k.Nw, k.ggrid, k.weights, k.Ng = k.wns.size, G, WEIGHTS, G.size
        k.gedges = np.concatenate([[0.0], np.cumsum(WEIGHTS)])
        k.sampling_method = "synthetic"
        k.write_hdf5(path("ktable_" + name), **options)


def petitradtrans():
    with h5py.File(path("28Si-16O__Test.R50_5-16mu.ktable.petitRADTRANS.h5"), "w") as f:
        for name, text in [("DOI", "10.0000/synthetic"), ("mol_name", "SiO"), ("method", "polynomial_sampling")]:
            text_dataset(f, name, text)
        f.create_dataset("mol_mass", (1,), data=43.971842)
        f["mol_mass"].attrs["units"] = "AMU"
        f.create_dataset("ngauss", data=G.size)
        for name, data, unit in [("t", TEMPERATURE, "K"), ("p", PRESSURE_BAR, "bar"), ("samples", G, None), ("weights", WEIGHTS, None),
                                 ("bin_edges", EDGES, "cm^-1"), ("bin_centers", 0.5 * (EDGES[1:] + EDGES[:-1]), "cm^-1"),
                                 ("kcoeff", distribution().astype("f4"), "cm^2/molecule")]:
            f.create_dataset(name, data=data)
            if unit:
                f[name].attrs["units"] = unit


def helios_k():
    nu = 0.0 + 10.0 * np.arange(200)
    for t in (500, 1500):
        for code, p in (("n800", 1e-8), ("n333", 10 ** (-10.0 / 3.0)), ("p100", 10.0)):
            values = cross_section(nu, float(t), p) * AVOGADRO / MASS_SIO
            values.astype("<f4").tofile(path("helios_k", f"Out_00000_02000_{t:05d}_{code}.bin"))
    nu = 1000.0 + 10.0 * np.arange(51)
    for t in (500, 1500):
        for code, p in (("n800", 1e-8), ("p100", 10.0)):
            values = cross_section(nu, float(t), p) * AVOGADRO / MASS_SIO
            np.savetxt(path("helios_k_text", f"Out_SiO_01000_01500_{t:05d}_{code}.dat"), np.column_stack([nu, values]), fmt=["%.4f", "%.9e"])


def helios():
    """HELIOS: wavelengths in cm ascending, pressure in dyn/cm2, index y + ny (x + nx (p + np t))."""
    edges = 1.0 / EDGES[::-1]
    centres = 0.5 * (edges[1:] + edges[:-1])
    with h5py.File(path("SiO_opac_ip_kdistr.h5"), "w") as f:
        f.create_dataset("pressures", data=PRESSURE_BAR * 1e6)
        f.create_dataset("temperatures", data=TEMPERATURE)
        f.create_dataset("interface wavelengths", data=edges)
        f.create_dataset("center wavelengths", data=centres)
        f.create_dataset("wavelength width of bins", data=np.diff(edges))
        f.create_dataset("ypoints", data=G)
        t, p, lam, g = np.meshgrid(TEMPERATURE, PRESSURE_BAR, centres, G, indexing="ij")
        k = cross_section(1.0 / lam, t, p) * np.exp(6.0 * (g - 0.5)) * AVOGADRO / MASS_SIO
        f.create_dataset("kpoints", data=k.ravel())
    lam = 1.0 / WAVENUMBER[::-1]
    with h5py.File(path("SiO_opac_sampling.h5"), "w") as f:
        f.create_dataset("pressures", data=PRESSURE_BAR * 1e6)
        f.create_dataset("temperatures", data=TEMPERATURE)
        f.create_dataset("wavelengths", data=lam)
        t, p, x = np.meshgrid(TEMPERATURE, PRESSURE_BAR, lam, indexing="ij")
        f.create_dataset("opacities", data=(cross_section(1.0 / x, t, p) * AVOGADRO / MASS_SIO).ravel())


def clima():
    """photochem / clima: wavelengths in um ascending, log10k (wavelength, T, p, g)."""
    edges = 1e4 / EDGES[::-1]
    centres = 0.5 * (1.0 / edges[1:] + 1.0 / edges[:-1]) * 1e4
    with h5py.File(path("SiO.h5"), "w") as f:
        f.create_dataset("wavelengths", data=edges)
        f.create_dataset("weights", data=WEIGHTS)
        f.create_dataset("T", data=TEMPERATURE)
        f.create_dataset("log10P", data=np.log10(PRESSURE_BAR))
        nu, t, p, g = np.meshgrid(centres, TEMPERATURE, PRESSURE_BAR, G, indexing="ij")
        f.create_dataset("log10k", data=np.log10(cross_section(nu, t, p) * np.exp(6.0 * (g - 0.5))).astype("f4"))


def collision_induced():
    table_ = exo_k.Cia_table()
    table_.wns = 10.0 * np.arange(1, 51)
    table_.tgrid = np.array([200.0, 400.0, 800.0])
    table_.abs_coeff = 1e-44 * np.exp(-table_.wns[None, :] / table_.tgrid[:, None])
    table_.abs_coeff_unit = "cm^5"
    table_.mol1, table_.mol2 = "N2", "CO2"
    table_.write_hdf5(path("N2-CO2.cia.h5"))


# A rigid rotor with two vibrational states: levels E = G v + B J(J+1), g = 2J+1.
VIBRATION, ROTATION, STATES_J = 1230.0, 0.7, 60


def levels():
    return [(v, j, VIBRATION * v + ROTATION * j * (j + 1)) for v in (0, 1) for j in range(STATES_J)]


def einstein(nu, j_upper, j_lower):
    return 3.1e-9 * nu**3 * max(j_upper, j_lower) / (2.0 * j_upper + 1.0)


def partition(temperature):
    return sum((2 * j + 1) * np.exp(-C2 * e / temperature) for _, j, e in levels())


def transitions():
    index = {(v, j): i for i, (v, j, _) in enumerate(levels())}
    energy = {(v, j): e for v, j, e in levels()}
    for j in range(STATES_J):
        for k in (j - 1, j + 1):
            if 0 <= k < STATES_J:
                nu = energy[1, j] - energy[0, k]
                yield index[1, j] + 1, index[0, k] + 1, einstein(nu, j, k), nu, j, k


def exomol():
    stem = os.path.join("exomol", "28Si-16O__Test")
    with open(path(stem + ".states"), "w") as f:
        for i, (v, j, e) in enumerate(levels()):
            f.write(f"{i + 1:12d} {e:12.6f} {2 * j + 1:6d} {j:7d} {v:5d}\n")
    lines = [f"{u:12d} {l:12d} {a:10.4e} {nu:15.6f}\n" for u, l, a, nu, _, _ in transitions()]
    with open(path(stem + "__00000-01230.trans"), "w") as f:
        f.writelines(lines[: len(lines) // 2])
    with bz2.open(path(stem + "__01230-02500.trans.bz2"), "wt") as f:
        f.writelines(lines[len(lines) // 2 :])
    with open(path(stem + ".pf"), "w") as f:
        for t in range(100, 5001, 100):
            f.write(f"{t:8.1f} {partition(t):15.4f}\n")
    with open(path(os.path.join("exomol", "28Si-16O__H2.broad")), "w") as f:
        for j in range(0, 30):
            f.write(f"a0 {0.08 - 0.001 * j:6.4f} {0.6 - 0.005 * j:6.3f} {j:7d}\n")


def hitran():
    q296 = partition(296.0)
    with open(path("SO2_like.par"), "w") as f:
        for _, _, a, nu, j, k in sorted(transitions(), key=lambda line: line[3]):
            lower = ROTATION * k * (k + 1)
            strength = a * (2 * j + 1) / (8 * np.pi * LIGHT_CM_S * nu**2) * np.exp(-C2 * lower / 296.0) * (1 - np.exp(-C2 * nu / 296.0)) / q296 * 0.945678
            f.write(f"{9:2d}{1:1d}{nu:12.6f}{strength:10.3E}{a:10.3E}{0.1:5.4f}"[:-6] + ".1000" + f"{0.35:5.3f}{lower:10.4f}{0.75:4.2f}{0.0:8.6f}" + " " * 60 + "466666" + "223344556677" + " " + f"{2 * j + 1:7.1f}{2 * k + 1:7.1f}\n")
    with open(path("SO2_like.q.txt"), "w") as f:
        for t in range(100, 5001, 50):
            f.write(f"{t:6d} {partition(t):14.5f}\n")


def check():
    from taurex.opacity import HDF5Opacity
    from taurex.opacity.ktables import HDF5KTable

    opacity = HDF5Opacity(path("SiO.TauREx.h5"), in_memory=True)
    assert np.allclose(opacity.pressureGrid, PRESSURE_BAR * 1e5) and np.allclose(opacity.xsecGrid, table(), rtol=1e-6)
    k = exo_k.Ktable(filename=path("28Si-16O__Test.R50_5-16mu.ktable.petitRADTRANS.h5"))
    assert np.allclose(k.kdata * (1e4 if k.kdata_unit.startswith("m^2") else 1.0), distribution(), rtol=1e-5), k.kdata_unit
    print(HDF5KTable.__name__, "and exo_k read the h5py files")


if __name__ == "__main__":
    shutil.rmtree(HERE, ignore_errors=True)
    for make in (taurex_cross_sections, exo_k_tables, petitradtrans, helios_k, helios, clima, collision_induced, exomol, hitran):
        make()
    check()
