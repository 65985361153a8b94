# Static dipole polarisabilities by CCSD(T)/aug-cc-pVTZ in a finite field of 0.002 atomic units (PySCF 2.14).
# Usage: python polarisability.py SiO > polarisability.csv; without a name, every molecule of the list.
# Columns: molecule, mean [A^3], anisotropy [A^3], King factor, mean by Hartree-Fock [A^3], converged.
import sys, numpy as np
from pyscf import gto, scf, cc, lib
lib.num_threads(1)
A0=0.529177210903
# name, atoms (Angstrom), 2S, axes (linear: z and x)
M=[("N2","N 0 0 0; N 0 0 1.0977",0,"zx"),("CO","C 0 0 0; O 0 0 1.1283",0,"zx"),("O2","O 0 0 0; O 0 0 1.2075",2,"zx"),
("SiO","Si 0 0 0; O 0 0 1.5097",0,"zx"),("H2O","O 0 0 0; H 0 0.7572 0.5865; H 0 -0.7572 0.5865",0,"zxy"),
("CO2","C 0 0 0; O 0 0 1.1600; O 0 0 -1.1600",0,"zx"),("SO2","S 0 0 0; O 0 1.2349 0.7226; O 0 -1.2349 0.7226",0,"zxy"),
("AlO","Al 0 0 0; O 0 0 1.6179",1,"zx"),("MgO","Mg 0 0 0; O 0 0 1.7490",0,"zx"),("SiO2","Si 0 0 0; O 0 0 1.515; O 0 0 -1.515",0,"zx"),
("NaO","Na 0 0 0; O 0 0 2.0515",1,"zx"),("CaO","Ca 0 0 0; O 0 0 1.8221",0,"zx"),("NaOH","Na 0 0 0; O 0 0 1.95; H 0 0 2.90",0,"zx")]
want=sys.argv[1:] 
for name,atoms,spin,axes in M:
    if want and name not in want: continue
    mol=gto.M(atom=atoms,spin=spin,basis='aug-cc-pvtz' if name not in('CaO',) else {'Ca':'def2-qzvppd','O':'aug-cc-pvtz'},verbose=0,symmetry=False)
    h0=mol.intor('int1e_kin')+mol.intor('int1e_nuc'); r=mol.intor('int1e_r')
    ch=mol.atom_charges(); X=mol.atom_coords()
    frozen=sum({'H':0,'C':1,'N':1,'O':1,'Na':1,'Mg':1,'Al':5,'Si':5,'S':5,'Ca':5}[mol.atom_symbol(i)] for i in range(mol.natm))
    def energy(ax,F,dm):
        mf=scf.UHF(mol) if spin else scf.RHF(mol)
        mf.conv_tol=1e-11
        mf.get_hcore=lambda *a: h0+F*r[ax]
        e=mf.kernel(dm)
        c=cc.CCSD(mf,frozen=frozen); c.conv_tol=1e-9; c.max_cycle=200; c.kernel()
        return c.e_tot+c.ccsd_t()-F*np.dot(ch,X[:,ax]), e, mf.make_rdm1(), c.converged and mf.converged
    F=0.002
    e0,h,dm,ok=energy(2,0.0,None)
    al={}; hf={}
    for a in axes:
        ax='xyz'.index(a)
        ep,hp,_,o1=energy(ax,F,dm); em,hm,_,o2=energy(ax,-F,dm); ok=ok and o1 and o2
        al[a]=-(ep-2*e0+em)/F**2*A0**3; hf[a]=-(hp-2*h+hm)/F**2*A0**3
    if len(axes)==2: al['y']=al['x']; hf['y']=hf['x']
    mean=sum(al.values())/3
    an=np.sqrt(0.5*((al['x']-al['y'])**2+(al['y']-al['z'])**2+(al['z']-al['x'])**2))
    rho=6*an**2/(45*mean**2+7*an**2); king=(6+3*rho)/(6-7*rho)
    print(f"{name},{mean:.4f},{an:.4f},{king:.4f},{sum(hf.values())/3:.4f},{ok}",flush=True)
