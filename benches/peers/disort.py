"""Two-stream fluxes and the emission pass against discrete ordinates.

    MAGMARET_DISORT_FILE=columns.json cargo test --release --test transfer_checks -- \
        --ignored columns_for_discrete_ordinates
    pip install PythonicDISORT numpy scipy
    python benches/peers/disort.py columns.json [streams]

Prints, for grey columns of the same depths and sources, the relative error of the upward flux at
the top, and the largest errors of the flux at any interface over the largest flux of the column.
"""

import json
import sys

import numpy as np
from PythonicDISORT.pydisort import pydisort


def interfaces(case):
    """Source at the interfaces: linear in mass between the nodes, as the product has it."""
    source, mass = np.array(case["source"]), np.array(case["mass"])
    upper = mass[1:] / (mass[:-1] + mass[1:])
    inner = upper * source[:-1] + (1 - upper) * source[1:]
    reach = mass[-1] / (mass[-2] + mass[-1])
    return np.concatenate([source[:1], inner, [source[-1] + reach * (source[-1] - source[-2])]])


def solve(case, streams):
    """Up and down fluxes at the interfaces; every layer as its two halves."""
    tau = np.concatenate([[0.0], case["tau"]])
    half = np.sort(np.concatenate([tau, 0.5 * (tau[1:] + tau[:-1])]))
    values = np.empty(len(half))
    values[0::2], values[1::2] = interfaces(case), case["source"]
    slope = np.diff(values) / np.diff(half)
    coefficients = np.stack([values[:-1] - slope * half[:-1], slope], axis=1) / np.pi
    layers = len(half) - 1
    legendre = np.zeros((layers, streams + 1))
    legendre[:, 0] = 1.0
    omega = np.full(layers, min(max(case["omega"], 1e-9), 1 - 1e-9))
    result = pydisort(
        half[1:], omega, streams, legendre, 0.5, 0.0, 0.0,
        only_flux=True,
        b_pos=case["surface"] / np.pi,
        b_neg=case["star"] / np.pi,
        s_poly_coeffs=coefficients,
    )
    up, down = result[1](tau), result[2](tau)
    return np.array(up), np.array(down[0] if isinstance(down, tuple) else down)


def main():
    cases = json.load(open(sys.argv[1]))
    streams = int(sys.argv[2]) if len(sys.argv) > 2 else 16
    print(f"relative errors against {streams} streams")
    print(f"{'column':32s} {'D':>6s} {'up, top':>9s} {'up':>9s} {'down':>9s} {'net':>9s}")
    for case in cases:
        up, down = solve(case, streams)
        scale = max(up.max(), down.max())
        for key in ["2", "1.66", "sqrt3"]:
            ours = {name: np.array(values) for name, values in case[key].items()}
            net = ours["up"] - ours["down"] - (up - down)
            worst = [np.abs(x).max() / scale for x in (ours["up"] - up, ours["down"] - down, net)]
            top = ours["up"][0] / up[0] - 1
            print(f"{case['name']:32s} {key:>6s} {top:9.1e} " + " ".join(f"{x:9.1e}" for x in worst))
        print(f"{case['name']:32s} {'4 mu':>6s} {case['emission'] / up[0] - 1:9.1e}")


main()
