/// The reactive Pt contact: charge line, redox, transfer and oxygen store, with the areal unknowns eliminated into node 0.
///
/// Shared by the fast and by the coupled path. The N_s row is replaced by the balance of N_s - N_O - N_p, from which the fast redox
/// rate has dropped out, so that the inventory is kept to round-off. Source: Docs/device-model.md, section 2, `Pt side`.
struct PlatinumContact {
    let redox: PtRedox
    let transfer: LatticeTransfer
    let store: OxygenStore
    let permittivity: Permittivity
    let barrier, redoxPotential, capacitance, chargePerVacancy, firstPlane: Double

    init(_ p: DeviceParameters) {
        redox = PtRedox(p)
        transfer = LatticeTransfer(p)
        store = OxygenStore(p)
        permittivity = Permittivity(p)
        barrier = p.platinumBarrier
        redoxPotential = p.redoxPotential
        capacitance = p.compactCapacitance
        chargePerVacancy = p.chargeNumber * Constants.charge
        firstPlane = p.firstPlane
    }

    /// Values of the unknowns at the contact.
    struct Unknowns {
        var stored, oxygen, plane, potential, density: Double
    }

    /// Displacement at x = 0+ from Gauss' law, D = C_i (psi_Pt - psi_0) + z q (N_s + a1 c_0), C/m2.
    @inline(__always)
    func displacement(_ u: Unknowns, voltage: Double) -> Double {
        capacitance * (voltage - barrier - u.potential) + chargePerVacancy * (u.plane + firstPlane * u.density)
    }

    /// What the contact adds to the rows of node 0 (right-hand sides are minus the residual), and how to recover the areal corrections.
    struct Elimination {
        /// Poisson row: right-hand side, d/dpsi_0, d/dc_0.
        var poisson, poissonByPotential, poissonByDensity: Double
        /// Vacancy row of node 0: right-hand side, d/dpsi_0, d/dc_0.
        var vacancy, vacancyByPotential, vacancyByDensity: Double
        // dN_s = s0 + sPsi dpsi_0 + sC dc_0;  dN_O = o0 + oS dN_s + oPsi dpsi_0 + oC dc_0;  dN_p = p0 + pO dN_O.
        var s0, sPsi, sC: Double
        var o0, oS, oPsi, oC: Double
        var p0, pO: Double

        /// (dN_p, dN_O, dN_s) that go with the corrections of psi_0 and c_0.
        @inline(__always)
        func corrections(potential: Double, density: Double) -> (stored: Double, oxygen: Double, plane: Double) {
            let plane = s0 + sPsi * potential + sC * density
            let oxygen = o0 + oS * plane + oPsi * potential + oC * density
            return (p0 + pO * oxygen, oxygen, plane)
        }
    }

    /// Linearises the contact at `u` with du/dt = shift u + history (N_p, N_O, N_s).
    @inline(__always)
    func eliminate(
        _ u: Unknowns, voltage: Double, shift: Double, history: (stored: Double, oxygen: Double, plane: Double),
        rates: RateConstants
    ) -> Elimination {
        let drop = voltage - barrier - u.potential
        let r1 = redox.evaluate(
            vacancies: u.plane, oxygen: u.oxygen, drop: drop - redoxPotential, thermalVoltage: rates.thermalVoltage)
        let (field, perDisplacement) = permittivity.field(displacement(u, voltage: voltage))
        let r2 = transfer.evaluate(vacancies: u.plane, density: u.density, field: field, rates: rates)
        let r2Plane = r2.byVacancies + r2.byField * perDisplacement * chargePerVacancy
        let r2Psi = -r2.byField * perDisplacement * capacitance
        let r2Density = r2.byDensity + r2.byField * perDisplacement * chargePerVacancy * firstPlane
        let rp = store.evaluate(oxygen: u.oxygen, stored: u.stored, rates: rates)

        // P: dN_p/dt - R_p = 0.
        let pResidual = shift * u.stored + history.stored - rp.rate
        let pp = shift - rp.byStored
        let p0 = -pResidual / pp
        let pO = rp.byOxygen / pp
        // O: dN_O/dt - R1 + R_p = 0, with dN_p put in: oo dN_O = -oGap + (dR1/dN_s) dN_s + (dR1/dpsi) dpsi_0.
        let oGap = shift * u.oxygen + history.oxygen - r1.rate + rp.rate + rp.byStored * p0
        let oo = shift - r1.byOxygen + rp.byOxygen + rp.byStored * pO
        // S: d(N_s - N_O - N_p)/dt + R2 = 0. What R2 does not multiply stands alone, because R2 may be so fast that its own terms
        // would cancel to the last digit.
        let partner = shift * (1 + pO)
        let balance =
            shift * (u.plane - u.oxygen - u.stored) + history.plane - history.oxygen - history.stored - shift * p0
        let sGap = balance + partner * oGap / oo
        let slow = shift - partner * r1.byVacancies / oo
        let byRedox = partner * r1.byPotential / oo
        let ss = slow + r2Plane
        let (share, hop) = (slow / ss, r2Plane / ss)
        let s0 = -(sGap + r2.rate) / ss
        let sPsi = (byRedox - r2Psi) / ss
        let sC = -r2Density / ss

        // Node 0: the Poisson row has -C_i (psi_Pt - psi_0) - z q N_s, the vacancy row -R2.
        var result = Elimination(
            poisson: capacitance * drop + chargePerVacancy * (u.plane + s0),
            poissonByPotential: capacitance - chargePerVacancy * sPsi, poissonByDensity: -chargePerVacancy * sC,
            vacancy: r2.rate * share - hop * sGap, vacancyByPotential: -(r2Psi * share + hop * byRedox),
            vacancyByDensity: -r2Density * share,
            s0: s0, sPsi: sPsi, sC: sC, o0: -oGap / oo, oS: r1.byVacancies / oo, oPsi: r1.byPotential / oo, oC: 0, p0: p0, pO: pO)
        if -partner * r1.byVacancies > oo * (shift + r2Plane) {
            // The redox row fixes N_s rather than N_O: N_O follows from the balance, or it would be a difference of huge numbers.
            result.o0 = (balance + r2.rate) / partner
            result.oS = (shift + r2Plane) / partner
            result.oPsi = r2Psi / partner
            result.oC = r2Density / partner
        }
        return result
    }
}
