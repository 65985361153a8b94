"""SA-CASSCF(6e,10o)/SC-NEVPT2 curves of the MgO triplets (a3Pi, b3Sigma+). Our own script; needs pyscf.

The orbitals are those of the singlet curves (X, B, A_x, A_y state-averaged with equal weights); the triplets
are CASCI states in these orbitals.  Usage: python run_mgo_triplet.py main | space NEL NCAS | own | wide
  main       the 21 points, one JSON record each
  space      one point (1.75 A) with another active space, no perturbation theory unless 'nev' is given
  own        orbitals optimised for a3Pi x, y and b3Sigma+ themselves, 1.75 A or the distances that follow
  wide       the same with c3Sigma+ and d3Delta in the average
"""
import time, sys, json, numpy as np
from pyscf import gto, scf, mcscf, fci, mrpt, lib
lib.num_threads(1)
D = 2.541746473
BASIS = 'aug-cc-pvtz'
SPACES = {(6, 10): ({'A1': 4, 'B1': 3, 'B2': 3}, {'A1': 5, 'B1': 1, 'B2': 1}),
          (8, 8): ({'A1': 4, 'B1': 2, 'B2': 2}, {'A1': 4, 'B1': 1, 'B2': 1}),
          (8, 11): ({'A1': 5, 'B1': 3, 'B2': 3}, {'A1': 4, 'B1': 1, 'B2': 1})}

def calc(r, guess=None, space=(6, 10), nev=True, own=False, extra_nev=False):
    t = time.time()
    nel, ncas = space
    cas, core = SPACES[space]
    mol = gto.M(atom=f'Mg 0 0 0; O 0 0 {r}', basis=BASIS, symmetry='C2v', verbose=0)
    with mol.with_common_orig((0, 0, 0)):
        dip = mol.intor('int1e_r')
    Z, X = mol.atom_charges(), mol.atom_coords()
    nuc = np.einsum('i,ix->x', Z, X)
    mf = scf.RHF(mol); mf.max_cycle = 200; mf.kernel()
    mc = mcscf.CASSCF(mf, ncas, nel)
    if guess is None:
        mo = mcscf.sort_mo_by_irrep(mc, mf.mo_coeff, cas, core)
    else:
        mo = mcscf.project_init_guess(mc, guess[1], prev_mol=guess[0])
    def sv(sym, n, singlet):
        s = fci.solver(mol, singlet=singlet, symm=True)
        s.wfnsym, s.nroots, s.spin = sym, n, (0 if singlet else 2)
        s.conv_tol = 1e-10
        return s
    if own:
        mc.nelecas = (nel // 2 + 1, nel // 2 - 1)
        if own == 'wide':
            mcscf.state_average_mix_(mc, [sv('A1', 3, False), sv('B1', 1, False), sv('B2', 1, False), sv('A2', 1, False)], [1/6]*6)
        else:
            mcscf.state_average_mix_(mc, [sv('A1', 1, False), sv('B1', 1, False), sv('B2', 1, False)], [1/3]*3)
    else:
        mcscf.state_average_mix_(mc, [sv('A1', 2, True), sv('B1', 1, True), sv('B2', 1, True)], [.25]*4)
    mc.max_cycle_macro = 60; mc.conv_tol = 1e-8; mc.conv_tol_grad = 1e-4
    mc.kernel(mo)
    nc = mc.ncore
    no, co = mc.mo_coeff[:, nc:nc+ncas], mc.mo_coeff[:, :nc]
    nelec = (nel // 2 + 1, nel // 2 - 1)
    o = {'r': r, 'space': list(space), 'own': own, 'conv': bool(mc.converged),
         'ecas_sa': [float(x) for x in mc.e_states]}
    ci, sol = {}, {}
    for sym, nr in (('A1', 3), ('B1', 3), ('A2', 3)):
        m2 = mcscf.CASCI(mf, ncas, nelec); m2.verbose = 0
        m2.fcisolver = sv(sym, nr, False)
        m2.kernel(mc.mo_coeff)
        sol[sym] = m2
        o['ecas_'+sym] = [float(x) for x in m2.e_tot]
        o['s2_'+sym] = [float(fci.spin_op.spin_square(c, ncas, nelec)[0]) for c in m2.ci]
        for k in range(nr):
            ci[sym+str(k)] = m2.ci[k]
    def tr(a, b, axis):
        tm = fci.direct_spin1.trans_rdm1(ci[a], ci[b], ncas, nelec)
        return float(-D*np.einsum('ij,ji', dip[axis], no@tm@no.T))
    # from a3Pi_x: to A1 by mu_x, to A2 by mu_y, to further 3Pi_x by mu_z
    o['tdm_A1_x'] = [tr('A1%d' % k, 'B10', 0) for k in range(3)]
    o['tdm_A2_y'] = [tr('A2%d' % k, 'B10', 1) for k in range(3)]
    o['tdm_B1_z'] = [tr('B1%d' % k, 'B10', 2) for k in (1, 2)]
    o['mu'] = {}
    for nm in ('A10', 'A11', 'B10', 'B11', 'A20'):
        dm = fci.direct_spin1.make_rdm1(ci[nm], ncas, nelec)
        o['mu'][nm] = float(D*(nuc[2]-np.einsum('ij,ji', dip[2], 2*co@co.T+no@dm@no.T)))
    if nev:
        roots = [('B1', 0), ('A1', 0)] + ([('A1', 1), ('A1', 2), ('B1', 1), ('A2', 0), ('A2', 1)] if extra_nev else [])
        for sym, k in roots:
            n = mrpt.NEVPT(sol[sym], root=k); n.verbose = 0
            o['e'+sym+str(k)] = float(sol[sym].e_tot[k]+n.kernel())
    o['t'] = time.time()-t
    return o, (mol, mc.mo_coeff)

UP = [1.75, 1.80, 1.86, 1.92, 1.99, 2.06, 2.14, 2.22, 2.32, 2.43, 2.56, 2.70, 2.85, 3.05, 3.30]
DN = [1.70, 1.65, 1.60, 1.55, 1.50, 1.45]
if __name__ == '__main__':
    mode = sys.argv[1]
    f = open('mgo_triplet.jsonl' if mode == 'main' else 'mgo_triplet_checks.jsonl', 'a')
    def rec(o):
        f.write(json.dumps(o)+'\n'); f.flush()
    if mode == 'main':
        o, g0 = calc(1.75, extra_nev=True); rec(o); g = g0
        for r in DN+[-1]+UP[1:]:
            if r < 0:
                g = g0; continue
            o, g = calc(r, g, extra_nev=r in (1.86, 1.99)); rec(o)
    elif mode == 'space':
        o, _ = calc(1.75, space=(int(sys.argv[2]), int(sys.argv[3])), nev='nev' in sys.argv); rec(o)
    else:
        for r in [float(x) for x in sys.argv[2:]] or [1.75]:
            o, _ = calc(r, own='wide' if mode == 'wide' else True, nev=False); rec(o)
