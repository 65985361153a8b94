"""Reads a run directory with the tools that it is written for; any difference is an error."""

import sys
from pathlib import Path

import anesthetic
import arviz
import getdist
import numpy as np

folder = Path(sys.argv[1])
csv = np.genfromtxt(folder / "samples.csv", delimiter=",", names=True)
mean = {name: np.sum(csv["weight"] * csv[name]) for name in csv.dtype.names[3:]}
std = {n: np.sqrt(np.sum(csv["weight"] * (csv[n] - mean[n]) ** 2)) for n in mean}
equal = np.loadtxt(folder / "post_equal_weights.dat")

for engine in ["netcdf4", "h5netcdf"]:
    data = arviz.from_netcdf(folder / "posterior.nc", engine=engine)
    groups = ["posterior", "sample_stats", "prior", "posterior_predictive", "log_likelihood", "observed_data"]
    assert all(hasattr(data, group) for group in groups), data.groups()
    assert data.posterior.inference_library == "magmaret"
    assert dict(data.posterior.sizes) == {"chain": 1, "draw": len(equal)}, data.posterior.sizes
    assert data.posterior_predictive["depth_ppm"].dims == ("chain", "draw", "wavelength_um")
    assert data.observed_data["depth_ppm"].dims == ("wavelength_um",)
    assert data.posterior["dayside_temperature_k"].attrs["units"] == "K"
    for column, name in enumerate(mean):
        assert np.array_equal(data.posterior[name].values[0], equal[:, column]), name
    loo = arviz.loo(data)
    summary = arviz.summary(data, kind="stats")
    print(f"arviz {arviz.__version__} ({engine}): {data.groups()}; elpd_loo {loo.elpd_loo:.3f}")
    print(summary.to_string())

chain = getdist.loadMCSamples(str(folder / "chains" / "run"), settings={"ignore_rows": 0})
for name in mean:
    assert np.isclose(chain.mean(name), mean[name], rtol=1e-10), name
    assert np.isclose(chain.std(name), std[name], rtol=1e-10), name
assert chain.paramNames.parWithName("brightness_temperature_k").isDerived
assert chain.ranges.getLower("bond_albedo") == 0.0
print(f"getdist {getdist.__version__}: {chain.paramNames.list()}, {chain.getInlineLatex('dayside_temperature_k')}")

nested = anesthetic.read_chains(str(folder / "chains" / "run"))
assert isinstance(nested, anesthetic.NestedSamples)
ln_z = nested.logZ(200)
for name in mean:
    assert abs(nested[name].mean() - mean[name]) < 0.1 * std[name], name
print(f"anesthetic {anesthetic.__version__}: {len(nested)} samples, ln Z {ln_z.mean():.3f} +- {ln_z.std():.3f}, live {int(nested.nlive.max())}")
