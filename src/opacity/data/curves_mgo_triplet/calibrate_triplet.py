"""Raw records of run_mgo_triplet.py and run_mgo_upper.py -> moments (CSV) and potentials (JSON log).  Own work.
Usage: python calibrate_triplet.py          (numpy, scipy)

a3Pi     EMO potential fitted to Te, we, wexe, Be, ae of Ikeda et al. 1977 for v = 0..6.
b3Sigma+ no experiment: Te = 2623 + T(b) - T(a) of SC-NEVPT2; re, we, Be, ae of the SC-NEVPT2 curve shifted in r
         and scaled in V by the mean of what X, A, B, a need (-0.0144 A, -0.0133 to -0.0159; 1.037, 1.017 to
         1.058); wexe raised by 0.9, the mean deficit of X, A and a; then an EMO fitted to v = 0..6."""
import json, csv, numpy as np
from scipy.interpolate import CubicSpline
from scipy.optimize import least_squares
H = 219474.6313632      # cm-1 per hartree
BC = 16.857629206       # hbar^2/2 in u A^2 cm-1
MU = 9.5958434          # reduced mass of 24Mg16O, u
E_X = -274.7317335      # SC-NEVPT2 minimum of X1Sigma+ in the same orbitals (singlet run), hartree

def dvr(V, r, n):
    N = len(r); h = r[1]-r[0]; i = np.arange(N); d = i[:, None]-i[None, :]
    T = np.where(d == 0, np.pi**2/3, 2.0/np.where(d == 0, 1, d)**2*(-1.0)**d)*BC/MU/h**2
    E, U = np.linalg.eigh(T+np.diag(V)); return E[:n], U[:, :n]

def levels(V, lo, hi, n):
    r = np.linspace(lo, hi, 260); E, U = dvr(V(r), r, n)
    return E, (BC/MU*(U**2/r[:, None]**2)).sum(0)

def constants(V, lo, hi):
    E, B = levels(V, lo, hi, 6); G = E-E[0]
    wexe = -(G[2]-2*G[1])/2; ae = B[0]-B[1]; Be = B[0]+ae/2
    return dict(we=G[1]+2*wexe, wexe=wexe, Be=Be, ae=ae, re=float(np.sqrt(BC/MU/Be)), E0=E[0])

def emo(p, De):
    b0, b1, b2, re = p
    def V(r):
        y = (r-re)/(r+re); return De*(1-np.exp(-(b0+b1*y+b2*y*y)*(r-re)))**2
    return V

def fit_emo(De, G, Bv, re, b0, lo, hi, pull=0.0):
    """EMO whose levels have the terms G - G[0] and rotational constants Bv; pull holds b2 near zero
    (b1 and b2 are nearly degenerate when only a few levels are known)."""
    def res(p):
        E, B = levels(emo(p, De), lo, hi, len(G))
        return np.r_[(E-E[0]-(G-G[0]))/1.0, (B-Bv)*2e4, pull*p[2]]
    s = least_squares(res, [b0, 0., 0., re], x_scale=[.1, .1, .1, .001])
    return s.x, float(np.sqrt(np.mean(s.fun**2)))

def signed(a, r):
    """fixes the arbitrary sign of transition dipoles by linear extrapolation in r"""
    a = np.array(a, float)
    for i in range(1, len(a)):
        p = a[i-1] if i == 1 else a[i-1]+(a[i-1]-a[i-2])*(r[i]-r[i-1])/(r[i-1]-r[i-2])
        if abs(-a[i]-p) < abs(a[i]-p): a[i] = -a[i]
    return a if a[np.argmax(np.abs(a))] > 0 else -a

def write(name, note, head, cols):
    with open(name, 'w', newline='') as f:
        if note: f.write('# '+note+'\n')
        w = csv.writer(f, lineterminator='\n'); w.writerow(head)
        for row in zip(*cols): w.writerow([f'{x:.6g}' for x in row])

def main():
    R = sorted((json.loads(l) for l in open('raw_mgo_triplet.jsonl')), key=lambda o: o['r'])
    r = np.array([o['r'] for o in R]); good = r < 2.4   # beyond: the singlet-averaged orbitals change, dipoles jump
    V = {'a': np.array([(o['eB10']-E_X)*H for o in R]), 'b': np.array([(o['eA10']-E_X)*H for o in R])}
    log = {}
    cs = {k: CubicSpline(r, v) for k, v in V.items()}
    g = np.linspace(1.6, 2.2, 6001)
    raw = {}
    for k in 'ab':
        i = int(np.argmin(cs[k](g))); rm, vm = g[i], float(cs[k](g[i]))
        raw[k] = dict(rm=float(rm), T=vm, **constants(lambda x: cs[k](np.clip(x, r[0], r[-1]))-vm, 1.46, 2.6))
    log['raw'] = raw
    # a3Pi: experiment
    a = dict(Te=2623., we=648., wexe=3.9, Be=0.5022, ae=0.0042)
    re = np.sqrt(BC/MU/a['Be']); De = 30000.
    v = np.arange(7)
    p, rms = fit_emo(De, a['we']*(v+.5)-a['wexe']*(v+.5)**2, a['Be']-a['ae']*(v+.5), re, a['we']*np.sqrt(MU/(4*BC*De)), 1.38, 2.75)
    log['a EMO'] = dict(Te=a['Te'], De=De, b=list(p[:3]), re=p[3], rms=rms, fit=constants(emo(p, De), 1.38, 2.75))
    # b3Sigma+: shifted, scaled SC-NEVPT2
    shift, scale = -0.0144, 1.037
    rm, vm = raw['b']['rm'], raw['b']['T']
    Vb = lambda x: scale*(cs['b'](np.clip(x-shift, r[0], r[-1]))-vm)
    Te = a['Te']+raw['b']['T']-raw['a']['T']; De = 32000.
    k = constants(Vb, 1.46, 2.5)
    p, rms = fit_emo(De, k['we']*(v+.5)-(k['wexe']+0.9)*(v+.5)**2, k['Be']-k['ae']*(v+.5), k['re'], k['we']*np.sqrt(MU/(4*BC*De)), 1.38, 2.6)
    log['b calibrated curve'] = dict(Te=Te, **k)
    log['b EMO'] = dict(Te=Te, De=De, b=list(p[:3]), re=p[3], rms=rms, fit=constants(emo(p, De), 1.38, 2.6))
    write('raw_potentials.csv', '', ['r_A', 'a_cm1', 'b_cm1'], (r, V['a'], V['b']))
    rg = r[good]
    own = 'Own calculation, quality tier %s: SA-CASSCF(6e,10o)/aug-cc-pVTZ, '
    write('b_a_moment.csv', own % 'C'+'transition moment b3Sigma+ - a3Pi, Cartesian.', ['r_A', 'mu_x_D'],
          (rg, signed([o['tdm_A1_x'][0] for o in R], r)[good]))
    write('a_dipole.csv', own % 'B'+'dipole moment of a3Pi.', ['r_A', 'mu_D'], (rg, -np.array([o['mu']['B10'] for o in R])[good]))
    # near ultraviolet: c3Sigma+ (x), d3Delta (xy by mu_y); Delta by the degeneracy of an A1 and an A2 root
    rows = []
    for o in [x for x, ok in zip(R, good) if ok]:
        _, i, j = min((abs(x-y), i, j) for i, x in enumerate(o['ecas_A1']) for j, y in enumerate(o['ecas_A2']) if i > 0)
        rows.append((o['r'], abs(o['tdm_A1_x'][3-i]), abs(o['tdm_A2_y'][j])))
    rows = np.array(rows).T
    write('c_a_moment.csv', own % 'C'+'transition moment c3Sigma+ - a3Pi, Cartesian.', ['r_A', 'mu_x_D'], rows[[0, 1]])
    write('d_a_moment.csv', own % 'C'+'transition moment d3Delta(xy) - a3Pi(x), Cartesian.', ['r_A', 'mu_y_D'], rows[[0, 2]])
    U = sorted((json.loads(l) for l in open('raw_mgo_upper.jsonl')), key=lambda o: o['r'])
    U = [o for o in U if o['conv'] and o['r'] < 2.4]
    for k, name in (('C', 'C1Sigma-'), ('D', 'D1Delta(xy)')):
        write(f'singlet_{k.lower()}_a_moment.csv', own % 'C'+f'transition moment {name} - A1Pi(x), Cartesian.', ['r_A', 'mu_y_D'],
              ([o['r'] for o in U], [abs(o['tdm'][k]) for o in U]))
    # potentials of the upper states: constants of Huber & Herzberg; c, d: nu00 to a3Pi, the rest as in C, D
    zero = lambda k: k['we']/2-k['wexe']/4
    twin = dict(we=632.5, wexe=5.3, Be=0.5014, ae=0.0048)
    upper = {'singlet_c': dict(Te=30080.6, we=632.4, wexe=5.2, Be=0.5008, ae=0.0048), 'singlet_d': dict(Te=29851.6, **twin)}
    for k, nu in (('c', 25900.), ('d', 26867.)):
        upper[k] = dict(Te=a['Te']+zero(a)+nu-zero(twin), **twin)
    for k, c in upper.items():
        De = 25000.; re = np.sqrt(BC/MU/c['Be'])
        p, rms = fit_emo(De, c['we']*(v+.5)-c['wexe']*(v+.5)**2, c['Be']-c['ae']*(v+.5), re, c['we']*np.sqrt(MU/(4*BC*De)), 1.38, 2.8)
        log[k+' EMO'] = dict(Te=c['Te'], De=De, b=list(p[:3]), re=p[3], rms=rms)
    json.dump(log, open('calibration_log.json', 'w'), indent=1, default=float)
    print(json.dumps(log, indent=1, default=lambda z: round(float(z), 6)))

if __name__ == '__main__':
    main()
