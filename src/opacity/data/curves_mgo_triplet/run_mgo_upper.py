"""SA-CASSCF(6e,10o) transition dipoles of the near-ultraviolet singlet systems of MgO, C1Sigma- and D1Delta
from A1Pi, in the orbitals of run_mgo_triplet.py (whose records hold the triplet twins).  Our own script;
needs pyscf.  The Delta state is found by the degeneracy of an A1 with an A2 root; SC-NEVPT2 at 1.86 A only."""
import time, sys, json, numpy as np
from pyscf import gto, scf, mcscf, fci, mrpt, lib
lib.num_threads(1)
D = 2.541746473
CAS, CORE = {'A1': 4, 'B1': 3, 'B2': 3}, {'A1': 5, 'B1': 1, 'B2': 1}
NCAS, NEL = 10, 6

def calc(r, guess=None, energies=False):
    t = time.time()
    mol = gto.M(atom=f'Mg 0 0 0; O 0 0 {r}', basis='aug-cc-pvtz', symmetry='C2v', verbose=0)
    with mol.with_common_orig((0, 0, 0)):
        dip = mol.intor('int1e_r')
    mf = scf.RHF(mol); mf.max_cycle = 200; mf.kernel()
    mc = mcscf.CASSCF(mf, NCAS, NEL)
    mo = mcscf.sort_mo_by_irrep(mc, mf.mo_coeff, CAS, CORE) if guess is None \
        else mcscf.project_init_guess(mc, guess[1], prev_mol=guess[0])
    def sv(sym, n, singlet):
        s = fci.solver(mol, singlet=singlet, symm=True)
        s.wfnsym, s.nroots, s.spin, s.conv_tol = sym, n, (0 if singlet else 2), 1e-10
        return s
    mcscf.state_average_mix_(mc, [sv('A1', 2, True), sv('B1', 1, True), sv('B2', 1, True)], [.25]*4)
    mc.max_cycle_macro = 60; mc.conv_tol = 1e-8; mc.conv_tol_grad = 1e-4
    mc.kernel(mo)
    no = mc.mo_coeff[:, mc.ncore:mc.ncore+NCAS]
    o = {'r': r, 'conv': bool(mc.converged)}
    def casci(sym, n, singlet):
        m = mcscf.CASCI(mf, NCAS, NEL if singlet else (NEL//2+1, NEL//2-1)); m.verbose = 0
        m.fcisolver = sv(sym, n, singlet); m.kernel(mc.mo_coeff)
        return m, (list(m.ci) if n > 1 else [m.ci]), [float(x) for x in np.atleast_1d(m.e_tot)]
    def tr(ca, cb, axis, ne):
        tm = fci.direct_spin1.trans_rdm1(ca, cb, NCAS, ne)
        return float(-D*np.einsum('ij,ji', dip[axis], no@tm@no.T))
    def nev(m, k, n):
        p = mrpt.NEVPT(m, root=k) if n > 1 else mrpt.NEVPT(m)
        p.verbose = 0
        return float(np.atleast_1d(m.e_tot)[k]+p.kernel())
    o['tdm'] = {}
    # singlets
    ne = (3, 3)
    mS, cS, eS = casci('B1', 1, True)
    m2, c2, e2 = casci('A2', 2, True)
    mA, cA, eA = casci('A1', 4, True)
    o['cas1'] = {'B1': eS, 'A1': eA, 'A2': e2}
    pairs = [(abs(x-y), i, j) for i, x in enumerate(eA) for j, y in enumerate(e2)]
    d, iA, iD = min(pairs); iC = 1-iD
    o['delta_gap1'] = d; o['roots1'] = [iC, iD, iA]
    o['tdm'].update({'C': tr(c2[iC], cS[0], 1, ne), 'D': tr(c2[iD], cS[0], 1, ne)})
    if energies:
        o['e'] = {'A': nev(mS, 0, 1), 'C': nev(m2, iC, 2), 'D': nev(m2, iD, 2)}
    o['t'] = time.time()-t
    return o, (mol, mc.mo_coeff)

if __name__ == '__main__':
    f = open('mgo_upper.jsonl', 'a')
    def rec(o):
        f.write(json.dumps(o)+'\n'); f.flush()
    o, g0 = calc(1.75); rec(o); g = g0
    for r in [1.65, 1.55, -1, 1.80, 1.86, 1.92, 1.99, 2.06, 2.14, 2.22, 2.32, 2.43]:
        if r < 0:
            g = g0; continue
        o, g = calc(r, g, r == 1.86); rec(o)
