# Makes ../atoms.csv.  Usage: python select_lines.py kurucz.list goodgf > ../atoms.csv   (needs numpy)
#   kurucz.list: gfall08oct17 as wavelength [A], species code, energy of the first level [eV], log gf, log gamma6
#                (as distributed with pymoog 0.0.3; the first level is the upper one for about half of the lines)
#   goodgf:      laboratory strengths of linemake (Placco et al. 2021): wavelength, species, lower level, log gf, source
import sys
import numpy as np

CODES = {8.0: 'O', 11.0: 'Na', 12.0: 'Mg', 12.1: 'Mg+', 13.0: 'Al', 14.0: 'Si', 19.0: 'K', 20.0: 'Ca', 20.1: 'Ca+',
         22.0: 'Ti', 22.1: 'Ti+', 26.0: 'Fe', 26.1: 'Fe+'}
LONGEST_A = 500000.0
HC_EV_A = 12398.4198
FLOOR = {'O': -10.0}  # log10 of the strongest line of the species; -8 for the others

def read(path):
    rows = {}
    for text in open(path):
        p = text.split()
        try:
            name = CODES.get(round(float(p[1]), 2))
            if name and float(p[0]) <= LONGEST_A:
                rows.setdefault(name, []).append(tuple(float(p[i]) for i in (0, 2, 3, 4)))
        except (ValueError, IndexError):
            continue
    return rows

def merge(rows):
    """Components of hyperfine structure and isotopes repeat level, gf and damping: one line at the mean."""
    rows = sorted(rows, key=lambda r: (r[1], r[2], r[3], r[0]))
    out, i = [], 0
    while i < len(rows):
        j = i + 1
        while j < len(rows) and rows[j][1:] == rows[i][1:] and abs(1e8 / rows[j][0] - 1e8 / rows[j - 1][0]) < 0.2:
            j += 1
        out.append((np.mean([r[0] for r in rows[i:j]]),) + rows[i][1:])
        i = j
    return np.array(sorted(out))

def vacuum(w):
    s2 = (1e4 / w) ** 2
    n = 1 + 8.336624212083e-5 + 2.408926869968e-2 / (130.1065924522 - s2) + 1.599740894897e-4 / (38.92568793293 - s2)
    return np.where(w > 2000, w * n, w)

def lower_levels(a):
    """The level given is E; of E + h nu and E - h nu the one that more lines of the species share is the other end."""
    hv = HC_EV_A / vacuum(a[:, 0])
    up, low = a[:, 1] + hv, a[:, 1] - hv
    possible = low > -2e-4
    votes = np.sort(np.concatenate([up, low[possible]]))
    count = lambda x: np.searchsorted(votes, x + 0.8e-4) - np.searchsorted(votes, x - 0.8e-4)
    n_up, n_low = count(up), np.where(possible, count(low), 0)
    for _ in range(4):
        first_is_lower = n_up >= n_low
        votes = np.sort(np.where(first_is_lower, up, low))
        n_up = count(up) - first_is_lower
        n_low = np.where(possible, count(low) - ~first_is_lower, -1)
    return np.where(n_up >= n_low, a[:, 1], np.maximum(low, 0))

def laboratory(path):
    good = {}
    for text in open(path):
        p = text.split()
        try:
            good.setdefault(CODES.get(round(float(p[1]), 2)), []).append((float(p[0]), float(p[2]), float(p[3]), p[-1]))
        except (ValueError, IndexError):
            continue
    return good

def correct(name, a, lines):
    """Two multiplet lines whose lower level was outvoted; Si strengths of Den Hartog et al. (2023)."""
    for w, e, g, source in lines:
        near = np.where(abs(a[:, 0] - w) < 0.03)[0]
        if not len(near):
            continue
        i = near[np.argmin(abs(a[near, 1] - e) + 0.05 * abs(a[near, 2] - g))]
        other = a[i, 1] - HC_EV_A / (a[i, 0] * 1.00028)
        if abs(a[i, 2] - g) <= 1.5 and abs(a[i, 1] - e) > 0.02 and abs(other - e) < 0.002:
            a[i, 1] = other
        if name == 'Si' and 'DenH23' in source:
            same = np.where((abs(a[:, 0] - w) < 0.03) & (abs(a[:, 1] - e) < 0.01) & (a[:, 2] > -3.5))[0]
            if len(same) == 1:
                a[same[0], 2] = g

def selected(name, a):
    bins = np.floor(np.log(a[:, 0]) * 50).astype(int)
    keep = np.zeros(len(a), bool)
    for t in (1500.0, 3500.0, 5000.0):
        s = a[:, 2] - a[:, 1] * 5039.75 / t
        best = {}
        for q, v in zip(bins, s):
            best[q] = max(best.get(q, -99), v)
        in_bin = s > np.array([best[q] for q in bins]) - 3
        keep |= (s > s.max() - 6) | (in_bin & (s > s.max() + FLOOR.get(name, -8.0)))
    return keep

def short(x, n):
    text = f'{x:.{n}f}'.rstrip('0').rstrip('.')
    return '0' if text in ('', '-0') else text

print('''# Atomic lines: Kurucz (2017), gfall08oct17, 0.1 to 50 um; Si I where measured: Den Hartog et al. (2023), ApJS 265, 42.
# Hyperfine and isotopic components (equal level, log gf and damping, steps below 0.2 cm-1) are one line at their mean wavelength.
# Kept: g f exp(-E/kT) above 1e-6 of the strongest of the species at 1500, 3500 or 5000 K; or above 1e-3 of the strongest within its
# bin of R = 50 and above 1e-8 (O: 1e-10) of the strongest of the species. Wavelength in air above 2000 A, in vacuum below.
# gamma6: full width by hydrogen atoms at 10000 K [rad s-1 cm3]; -7.5 where the list has none. Made by atoms/select_lines.py.
species,wavelength_a,lower_energy_ev,log10_gf,log10_gamma6''')
everything, good = read(sys.argv[1]), laboratory(sys.argv[2])
for name in CODES.values():
    a = merge(everything[name])
    a[:, 1] = lower_levels(a)
    keep = selected(name, a)  # with Kurucz's strengths, so that the choice is one for all species
    before = a[:, 1].copy()
    correct(name, a, good.get(name, []))
    keep |= before != a[:, 1]
    for w, e, g, gamma in sorted(tuple(r) for r in a[keep]):
        print(name, short(w, 4), short(e, 4), short(g, 3), short(gamma if -8.5 < gamma < -6 else -7.5, 2), sep=',')
