#!/usr/bin/env python3
"""Runs the tests of the solver and writes the table of Docs/verification.md from the errors that they measure.

Each row names ids (shell patterns) that the tests report through `hold`; the worst of them stands in the table. A reported id
without a row, or a row without a reported id, is an error, so that page and tests cannot drift apart.

    python3 Scripts/verification-table.py              # build, test, rewrite the page
    python3 Scripts/verification-table.py --measured FILE   # only rewrite it from a file of measurements
    python3 Scripts/verification-table.py --check      # fail when the page's rows are not the tests' rows; numbers may differ
"""
import argparse
import fnmatch
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "Docs" / "verification.md"
START, END = "<!-- table: Scripts/verification-table.py -->", "<!-- end of table -->"
MODEL = "device-model.md, section 2"
SG = "Scharfetter & Gummel 1969"
# (section, [(what and formula, source, ids, test)])
TABLE = [
    ("Laws of the device", [
        ("redox: net over gross rate at N_s N_O / (N_st - N_s) = N_Oref e^u", MODEL, ["redox detailed balance*"], "RateLawTests"),
        ("transfer: net over gross at k_f N_s (1 - c_0/c_max) e^w = k_r c_0 (1 - N_s/N_st)", MODEL, ["transfer detailed balance*"], "RateLawTests"),
        ("oxygen store: net over gross at k_p N_O^2 (1 - N_p/N_pm) = k_mp N_p", MODEL, ["oxygen store detailed balance"], "RateLawTests"),
        ("vacancy flux: net over gross at c/(1 - c/c_max) ~ e^(-z psi/V_T)", SG, ["vacancy flux detailed balance*"], "RateLawTests"),
        ("image potential: lowering sqrt(q E / (4 pi eps_opt))", "Sze, section 3.2.4", ["Schottky lowering*"], "CurrentTests/imageForce"),
        ("current integral against Simpson's rule on 400,000 panels, -2 to 3.5 V", "Crowell & Sze 1966", ["current integral against Simpson*"], "CurrentTests/quadrature"),
        ("dI/dT against a difference", "calculus", ["dI/dT*"], "CurrentTests/temperatureSlope"),
        ("capacitive divider C_i / (C_i + C_STO)", "circuit law", ["capacitive divider"], "CurrentTests/capacitiveDivider"),
        ("T = T0 + R_th V I(T) during a 3.5 V pulse, K", MODEL, ["heat balance*"], "SelfHeatingTests/deviceBalance"),
        ("Gauss' law with field-dependent permittivity", "Gauss", ["Gauss' law*"], "PermittivityTests/gauss"),
    ]),
    ("Equilibrium (V = 0)", [
        ("vacancies: spread of ln[c/(1 - c/c_max)] + z psi/V_T over the nodes", MODEL, ["lattice-gas equilibrium*"], "EquilibriumTests/latticeGas"),
        ("electrons: n = N_c e^((psi + psi_im)/V_T), relative", "Boltzmann", ["Boltzmann electrons*"], "CoupledLimitTests/boltzmannElectrons"),
        ("electron flux, net over gross", "detailed balance", ["electron flux at equilibrium*"], "CoupledLimitTests/boltzmannElectrons"),
        ("each reaction on its own, net over gross", "detailed balance", ["redox at rest*", "transfer at rest*", "oxygen store at rest*"], "EquilibriumTests/reactions"),
        ("two histories, one inventory: same state, relative", "uniqueness", ["two histories*"], "EquilibriumTests/twoHistories"),
        ("redox quasi-equilibrium under 3 V, relative", MODEL, ["redox quasi-equilibrium*"], "EquilibriumTests/quasiEquilibrium"),
    ]),
    ("Limits with closed forms", [
        ("depletion field: E^2 = (2 q N / eps) [s - V_T + V_T e^(-s/V_T)]", "Sze, section 3.2", ["depletion: field*"], "CoupledLimitTests/depletion"),
        ("depletion width sqrt(2 eps (s - V_T) / (q N))", "Sze, section 3.2", ["depletion: width*"], "CoupledLimitTests/depletion"),
        ("Gouy-Chapman: tanh(psi/4V_T) = tanh(psi_s/4V_T) e^(-x/lambda_D), in V_T", "Gouy 1910, Chapman 1913", ["Gouy-Chapman*"], "CoupledLimitTests/gouyChapman"),
        ("Debye relaxation: tanh(k a)/k + a (k^2 - kappa^2)/kappa^2 = 0, rate D (kappa^2 - k^2)", "linearised equations; Bazant et al. 2004 for lambda_D << L", ["Debye relaxation*"], "CoupledLimitTests/debyeRelaxation"),
        ("Mott-Gurney: 2 - d ln J / d ln V at 100-200 V on 1 um (approach to 2)", "Mott & Gurney 1940", ["Mott-Gurney: 2*"], "CoupledLimitTests/mottGurney"),
        ("Mott-Gurney: J = 9/8 eps mu V^2 / L^3 at 200 V", "Mott & Gurney 1940", ["Mott-Gurney: J*"], "CoupledLimitTests/mottGurney"),
        ("emission limit, diffusion limit and both in series", "Crowell & Sze 1966", ["Crowell-Sze*"], "CoupledLimitTests/crowellSze"),
        ("slope of ln(J/E^(3/4)) against sqrt(E): sqrt(q/(4 pi eps_opt))/V_T", "Emtage & O'Dwyer 1966", ["image-force slope*"], "CoupledLimitTests/imageForceSlope"),
        ("diffusion from a plane: N/sqrt(pi D t) e^(-x^2/4Dt), share of the maximum", "Fick", ["diffusion from a plane, share*"], "CoupledLimitTests/diffusionFromAPlane"),
        ("lattice-gas saturation, spread of ln activity at 98 % filling", MODEL, ["lattice-gas saturation*"], "CoupledLimitTests/saturation"),
    ]),
    ("Order", [
        ("space, manufactured solution: 2 minus the order of psi, n, c", "Taylor", ["manufactured solution*"], "CoupledOrderTests/manufacturedOrder"),
        ("space, halving the grid of STO-1D: 2 minus the order", "Richardson", ["STO-1D, halving*"], "CoupledOrderTests/halvingTheGrid"),
        ("extrapolated c at the left contact against 8.0666e26 /m3", "scipy solution", ["STO-1D, extrapolated*"], "CoupledOrderTests/halvingTheGrid"),
        ("space, image core on uniform grids: 2 minus the order", "Taylor", ["image core*"], "CoupledOrderTests/imageCore"),
        ("time, smooth problem: q minus the order, q = 1 ... 4", "Hairer & Wanner, V.7", ["BDF order ?, smooth*"], "IntegratorOrderTests/smoothProblem"),
        ("time, across voltage corners with restarts: q minus the order, q = 2, 3", "Hairer & Wanner, V.7", ["BDF order ?, corners*"], "IntegratorOrderTests/voltageCorners"),
    ]),
    ("Conservation", [
        ("inventory over 0.1 s at 4, 0, -2 V, relative", "balance rows", ["inventory, 0.1 s*"], "ConservationTests/inventory"),
        ("inventory over SET trains (100 x 4 V x 500 us), relative", "balance rows", ["set-?: inventory*"], "ReferenceTests/trains"),
        ("vacancies over the STO-1D train and a diffusion run, relative", "balance rows", ["STO-1D: vacancies*", "diffusion from a plane, amount"], "STO1DTests, CoupledLimitTests"),
        ("fast path: ionic + displacement current on every edge, spread over mean", "Maxwell", ["ionic plus displacement*"], "ConservationTests/currentOnEveryEdge"),
        ("coupled: electron + ionic + displacement current on every edge, spread over mean", "Maxwell", ["total current on every edge*"], "CoupledConservationTests/totalCurrent"),
        ("displacement at Ti against the edges; its integral over an edge of the pulse", "Gauss", ["displacement at Ti*", "displacement and ionic*"], "ConservationTests, SimulatorTests"),
        ("free energy at constant bias, backward Euler 1 ns to 10 s: largest rise over total fall", "arXiv:2412.15065", ["free energy*fixed*"], "CoupledConservationTests/freeEnergyFalls"),
        ("free energy at constant bias, adaptive: largest rise over total fall", "arXiv:2412.15065", ["free energy*adaptive*"], "CoupledConservationTests/freeEnergyFalls"),
        ("linear invariant of Robertson's kinetics over 4e5 s", "Hairer & Wanner", ["linear invariant*"], "IntegratorOrderTests/linearInvariant"),
        ("pulse energy is the trapezoidal integral of V I over the recorded steps", "definition", ["pulse energy against*"], "SimulatorTests/energy"),
    ]),
    ("Deep traps (option, F-and-W.md)", [
        ("jump: net over gross at N_t / (1 - N_t/N_tm) = (k_t/k_mt) a1 c_0 / (1 - c_0/c_max) e^w", "detailed balance", ["deep traps: detailed balance", "deep traps: at rest*"], "VacancyTrapTests"),
        ("sheet N_t at d_t: psi_0 rises by z q N_t (1 - d_t/L) / (C_i + C_STO), displacement at Ti by the rest", "Gauss", ["deep traps: shift of psi_0", "deep traps: displacement*"], "VacancyTrapTests/sheetOfCharge"),
        ("inventory with N_t while traps fill at 3 V and empty at -2 V, relative", "balance rows", ["deep traps: inventory*"], "VacancyTrapTests/inventory"),
        ("Newton correction with the trap's border against a dense solve of the equations written out again", "calculus", ["deep traps: Newton correction*"], "VacancyTrapTests/newtonCorrection"),
    ]),
    ("The hop with two energies and planes that stand apart (set P)", [
        ("rate constants nu e^(-E / k_B T) at 250 to 400 K, relative", "Vineyard 1957", ["activated hop: rate constant"], "ActivatedHopTests/constants"),
        ("Newton correction against a dense solve of the equations written out again", "calculus", ["activated hop, planes apart: Newton correction*"], "ActivatedHopTests/newtonCorrection"),
        ("corrections in eight lanes against one by one, relative", "the same laws", ["activated hop: corrections in lanes"], "ActivatedHopTests"),
        ("compact layer and step to the first plane as two capacitors: psi_0; a read's shift, V", "circuit law", ["planes apart: divider, V", "planes apart: shift of a read, V"], "ActivatedHopTests"),
        ("psi_0 with either law of the electrons, V", "second implementation", ["planes apart: both electron models*"], "ActivatedHopTests"),
        ("dF/dN of the free energy where the hop is in balance, k_B T", MODEL, ["free energy: dF of the hop*"], "FreeEnergyTests"),
        ("free energy at constant bias: largest rise over fall", "arXiv:2412.15065", ["free energy: largest rise*"], "FreeEnergyTests"),
    ]),
    ("Emission at the top of the barrier, and tunnelling (options)", [
        ("thermionic emission over the image-lowered top at 1e7 to 1e8 V/m, relative", "Crowell & Sze 1966", ["emission at the top*"], "TunnellingTests"),
        ("triangle and image barrier against an energy integral, relative", "scipy, Kemble 1937", ["tunnelling against scipy, triangle", "tunnelling against scipy, image"], "TunnellingTests"),
        ("depletion layer against an energy integral, relative", "scipy, Kemble 1937", ["tunnelling against scipy, depletion layer"], "TunnellingTests"),
        ("slope of ln(J/E^2) against 1/E, relative", "Fowler & Nordheim 1928", ["Fowler-Nordheim slope"], "TunnellingTests"),
        ("local factor: drift-diffusion electrons against the integral, relative", "second implementation", ["local tunnelling: both electron models*"], "TunnellingTests/coupled"),
    ]),
    ("Ambient temperature", [
        ("a device told \"At 350 K\" against one whose file says so: read and pulse energy, relative", "the same equations", ["a read after*", "pulse energy after*"], "AmbientTests/sameAsTheFile"),
        ("a read at 330 K in a lane against alone, relative", "the same laws", ["a read in a lane*"], "AmbientTests"),
    ]),
    ("Jacobians and linear algebra", [
        ("fast path: bulk blocks against differences, share of the row", "calculus", ["bulk Jacobian*"], "JacobianTests/bulkBlocks"),
        ("fast path: Newton correction with areal elimination against a dense solve of the equations written out again", MODEL, ["Newton correction*"], "JacobianTests/newtonCorrection"),
        ("coupled path: all blocks against differences, share of the row", "calculus", ["coupled Jacobian*"], "CoupledConservationTests/jacobian"),
        ("block elimination, 2 x 2 to 4 x 4, one device and eight lanes, against LAPACK dgbsv", "LAPACK", ["block elimination*"], "BlocksTests"),
        ("vector exponential against Foundation's, -708 ... 708, relative", "libm", ["vector exponential"], "VectorExpTests/relativeError"),
    ]),
    ("Other solvers: STO-1D", [
        ("steady I-V, forward", "scipy, DEVSIM 2.11.2", ["STO-1D: steady I-V forward*"], "STO1DTests/steadyCurrent"),
        ("steady I-V, reverse", "scipy, DEVSIM 2.11.2", ["STO-1D: steady I-V reverse*"], "STO1DTests/steadyCurrent"),
        ("steady emission current at the left contact, -2 to 1 V", "scipy", ["STO-1D: steady emission*"], "STO1DTests/steadyCurrent"),
        ("equilibrium profile of psi (V_T), n, c (relative)", "scipy", ["STO-1D: equilibrium*"], "STO1DTests/equilibriumProfile"),
        ("pulse train at tolerance 1e-6: J, share of each segment's maximum", "scipy Radau, rtol 1e-8", ["STO-1D: J over*1e-06*"], "STO1DTests/pulseTrain"),
        ("the same at tolerance 1e-7", "scipy Radau, rtol 1e-8", ["STO-1D: J over*1e-07*"], "STO1DTests/pulseTrain"),
        ("end profile of psi (V_T), n, c (relative)", "scipy", ["STO-1D: end*"], "STO1DTests/pulseTrain"),
        ("880 fixed backward Euler steps: c at both contacts, centroid", "DEVSIM 2.11.2", ["STO-1D: 880*centroid"], "STO1DTests/fixedSteps"),
        ("880 fixed backward Euler steps: J from the seventh step of each segment", "DEVSIM 2.11.2", ["STO-1D: 880*J"], "STO1DTests/fixedSteps"),
    ]),
    ("Fast path against coupled path (memristor, sets T and D)", [
        ("set T, no electron charge: current, charges, relative", "second implementation", ["fast path against coupled without*"], "FastPathTests/sameEquations"),
        ("set T, what the fast path leaves out: current, relative (1.5 % at 3.5 V, 0.2 % at 0.6 V)", "electron charge", ["fast path against coupled: current*"], "FastPathTests/electronCharge"),
        ("set T, what the fast path leaves out: charges, relative", "electron charge", ["fast path against coupled: lattice*", "fast path against coupled: N_O*"], "FastPathTests/electronCharge"),
        ("set D, no electron charge: current, relative (its fixed charge bends psi between the nodes)", "second implementation", ["set D, fast path against coupled without electron charge: current*"], "FastPathTests/fixedCharge"),
        ("the same with every lattice plane a node: current, relative", "refinement", ["set D on all planes*"], "FastPathTests/fixedChargeOnAllPlanes"),
        ("set D, no electron charge: charges, relative", "second implementation", ["set D, fast path against coupled without electron charge: charges*"], "FastPathTests/fixedCharge"),
        ("set D, what the fast path leaves out: current at 0.6 V, relative", "electron charge and grid", ["set D, fast path against coupled: current at 0.6 V*"], "FastPathTests/fixedCharge"),
        ("set D, what the fast path leaves out: current at 2 V, relative", "electron charge and grid", ["set D, fast path against coupled: current at 2 V*"], "FastPathTests/fixedCharge"),
        ("set D, what the fast path leaves out: current at 3.5 V, relative", "electron charge and grid", ["set D, fast path against coupled: current at 3.5 V*"], "FastPathTests/fixedCharge"),
        ("set D, what the fast path leaves out: charges, relative", "electron charge and grid", ["set D, fast path against coupled: charges*"], "FastPathTests/fixedCharge"),
    ]),
    ("Two layers", [
        ("capacitive divider, with and without a compact layer, relative", "circuit law", ["two-layer divider*"], "TwoLayerTests"),
        ("step of D at the interface against the charge of its cell", "Gauss", ["step of D*"], "TwoLayerTests"),
        ("current over a band offset, both electron models, against the series formula, relative", "Crowell & Sze 1966", ["two-layer current*", "drift-diffusion current of two layers*"], "TwoLayerTests"),
        ("electron flux on every edge, spread over the gross flux", "continuity", ["electron flux the same*"], "TwoLayerTests"),
        ("vacancy drift from 1 ms on, linear and hopping, equal and unequal start: c over 6e25 1/m3, psi (V), vacancies of a layer", "scipy, Tests/References", ["two-layer drift*"], "TwoLayerDriftTests"),
        ("first-order exchange of two sheets (adding-a-law.md), relative", "e^(-k t)", ["first-order exchange*"], "FirstOrderExchangeTests"),
    ]),
    ("Eight devices in lanes against each alone", [
        ("three Newton corrections, relative", "the same laws", ["corrections in lanes*"], "EnsembleTests"),
        ("currents, relative", "the same laws", ["current of lane*", "current at the end of the pulse of*"], "EnsembleTests, EnsembleSimulatorTests"),
        ("vacancies, reads, samples, pulse energies, relative", "the same laws", ["vacancies of lane*", "frozen read of lane*", "read of *", "last read of*", "sample of*", "pulse energy of *"], "EnsembleTests, EnsembleSimulatorTests"),
        ("temperatures, K", "the same laws", ["temperature of lane*", "peak temperature of *"], "EnsembleTests, EnsembleSimulatorTests"),
        ("inventory drift, relative", "balance rows", ["inventory drift of device*"], "EnsembleSimulatorTests"),
        ("pulses of 4 V and a hold of -2 V, electrons charged where they count: reads, energies, currents, temperatures, relative", "the same laws", ["charged lanes: *"], "ChargedLanesTests"),
        ("the same: inventory drift, relative", "balance rows", ["charged lanes, inventory: *"], "ChargedLanesTests"),
    ]),
    ("Trains", [
        ("ten pulses of 4 V at remembered steps against each as a run of its own: energies, last read, relative", "the same laws", ["train at remembered steps: *"], "TrainTests/remembersSteps"),
        ("2,000 pulses: inventory drift, relative", "balance rows", ["train, inventory: *"], "TrainTests/inventory"),
    ]),
    ("The default path (electrons charged where it counts) against drift-diffusion electrons", [
        ("current at -3 to 4.5 V after pulses of 0.6, 3 and 3.5 V, sets T, D and W, relative", "electron charge", ["*default path against drift-diffusion electrons, current*"], "ElectronChargeTests/agreement"),
        ("W after one SET train at 4 V, relative", "electron charge", ["*drift-diffusion electrons, W after*"], "ElectronChargeTests/setTrain"),
        ("peak temperature of a SET train at 4 V, K", "electron charge", ["*drift-diffusion electrons, peak*"], "ElectronChargeTests/setTrain"),
    ]),
    ("Independent prototype, sets T and D (the electrons' charge left out, as the prototype does)", [
        ("dF of 12 pulses, relative", "prototype", ["set-?: dF*"], "ReferenceTests/pulseMap"),
        ("pulse energy, relative", "prototype", ["set-?: pulse energy*"], "ReferenceTests/pulseMap"),
        ("peak temperature, K", "prototype", ["set-?: peak*"], "ReferenceTests/pulseMap"),
        ("Lambda at 13 biases", "prototype", ["set-?: Lambda*"], "ReferenceTests/forgetting"),
        ("decay over 300 s at three biases, share of F(0)", "prototype", ["decay at*"], "ReferenceTests/decays"),
        ("W over six SET trains, relative", "prototype", ["set-?: W over*"], "ReferenceTests/trains"),
        ("retention over 1e4 s, relative", "prototype", ["retention*"], "ReferenceTests/trains"),
        ("I-V loops 1 and 30, relative", "prototype", ["I-V loop*"], "ReferenceTests/loops"),
        ("W_min, relative", "prototype", ["W_min*"], "ReferenceTests/baseState"),
    ]),
    ("Conditions, compliance, imposed currents, small signals (protocols.md)", [
        ("moment at which I, its size, G or T meets a threshold against a hundredth of the tolerance, relative", "refinement", ["moment of I *", "moment of |I| *", "moment of G *", "moment of T *"], "DriveTests/moments"),
        ("energy of a pulse and of its series limit against the source's own V I, relative", "balance", ["compliance: energy*"], "DriveTests/compliance"),
        ("voltage of 1 uA after 10 ms against a hundredth of the tolerance, V", "refinement", ["imposed current: voltage*"], "DriveTests/imposed"),
        ("capacitance of compact layer and oxide in series, relative", "circuit law", ["admittance: compact layer*"], "AdmittanceTests/series"),
        ("depletion capacitance sqrt(q eps N / (2 (s - V_T))), relative", "Sze & Ng 2006", ["admittance: depletion*"], "AdmittanceTests/depletion"),
        ("Y at 0.6 V, 1 kHz and 0.1 Hz, real and imaginary part, against a sine of 1 mV in time, relative", "transient", ["admittance: real part*", "admittance: imaginary part*"], "DriveTests/sine"),
    ]),
    ("Error of the default discretisation (set T)", [
        ("dF, tolerance 2e-4 against 2e-6, relative", "refinement", ["dF, default*"], "SimulatorTests/toleranceConvergence"),
        ("pulse energy, tolerance 2e-4 against 2e-6, relative", "refinement", ["pulse energy, default*"], "SimulatorTests/toleranceConvergence"),
        ("conductance on 20 protocols in no fit against a grid twice as fine and a hundredth of the tolerance, sets T, D and W, relative", "refinement", ["*conductance against a grid twice as fine*"], "ConvergenceTests/defaults"),
        ("energy of their pulses, relative", "refinement", ["*energy of a pulse against a grid twice as fine*"], "ConvergenceTests/defaults"),
        ("energy of pulses of 3, 3.5, -0.8, -1.2 and -1.6 V against a 200th of the tolerance, relative", "refinement", ["energy of a pulse of*"], "ConvergenceTests/energies"),
        ("moment of forming at 5 V against a tenth of the tolerance; energy of that pulse against its recorded power, relative", "refinement", ["moment of forming*", "energy of the pulse that forms*"], "EdgeOfRangeTests/formingPulse"),
        ("dF, graded grid against every lattice plane, relative", "refinement", ["dF, graded*"], "SimulatorTests/gridConvergence"),
    ]),
]


def measure():
    path = os.path.join(tempfile.mkdtemp(), "measured.tsv")
    command = (
        "swift test -c release -Xswiftc -enable-testing --filter "
        "'^(LinearAlgebra|FiniteVolume|DeviceModel|Simulation)Tests\\.'"
    )
    subprocess.run(command, shell=True, check=True, cwd=ROOT, env=dict(os.environ, VERIFICATION_TABLE=path))
    return path


def shown(value):
    return f"{value:.1e}" if value else "0"


def render(path):
    found = {}
    for line in open(path, encoding="utf-8"):
        name, value, limit = line.rstrip("\n").split("\t")
        found[name] = (float(value), float(limit))
    used, rows = set(), []
    for section, entries in TABLE:
        rows += [f"### {section}", "", "| formula held to | source | limit | measured | test |", "| --- | --- | --- | --- | --- |"]
        for what, source, patterns, test in entries:
            ids = [i for i in found if any(fnmatch.fnmatchcase(i, p) for p in patterns)]
            if not ids:
                sys.exit(f"no test reported {patterns}")
            used |= set(ids)
            # The one that comes closest to its limit speaks for the row.
            value, limit = max((found[i] for i in ids), key=lambda pair: pair[0] / pair[1])
            rows.append(f"| {what} | {source} | {shown(limit)} | {shown(value)} | `{test}` |")
        rows.append("")
    left = sorted(set(found) - used)
    if left:
        sys.exit("reported by a test but in no row: " + "; ".join(left))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measured", help="file of measurements (id, measured, limit; tab-separated)")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    arguments = parser.parse_args()
    rows = render(arguments.measured or measure())
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split(START)
    old, tail = rest.split(END)
    if arguments.check:
        def names(lines):
            return [line.split(" | ")[0] + line.split(" | ")[-1] for line in lines if line.startswith("| ")]
        if names(old.splitlines()) != names(rows):
            sys.exit("Docs/verification.md is out of date: run Scripts/verification-table.py")
        return
    PAGE.write_text(head + START + "\n\n" + "\n".join(rows) + END + tail, encoding="utf-8")


if __name__ == "__main__":
    main()
