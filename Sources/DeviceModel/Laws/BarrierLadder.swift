import FiniteVolume
import Foundation

/// Resistance of a band between two metals with emission at the top of each barrier, and tunnelling beneath it.
///
/// With the Slotboom variable everything is linear. Y(x) is the conductance from the metal to the point x, in units of N_c (m/s):
///
///     Y(x_m) = v_R e^(f_m) h,      dY/dx = -Y^2 e^(-f) / D_n + g,      g dx = v_R T(E_c(x)) e^f |df| s,      f = (psi + psi_im - dE_c) / V_T
///
/// x_m is the top within the reach of the image force (where psi_im is k_B T / q), h the share that passes above it (Kemble), g the
/// tunnelling between the metal and the point x where the band falls inwards, T along the computed band, s Fermi's supply over Boltzmann's.
/// Both sides are marched inwards until what tunnels is nothing; R = 1/Y_left + 1/Y_right + the integral between. At 0 V no current flows.
/// Source: C. R. Crowell, S. M. Sze, Solid-State Electron. 9, 1035 (1966) for the emission at the top; M. Ieong, P. M. Solomon, S. E. Laux,
/// H.-S. P. Wong, D. Chidambarrao, IEDM 1998, 733, for tunnelling as a source along the band. Cost: about 2 us a side.
final class BarrierLadder {
    let panels: [BandPanel]
    let hasTunnelling, emitsAtTop: Bool
    private let device: Device
    private let image: ImageForce
    /// Panels within reach of each contact's image force.
    private let reach: (left: Int, right: Int)
    private let storage: LaneStorage<Double>
    private let weights: Stretch<Double>
    private let points: BarrierClimb.Points
    /// 2 sqrt(2 m_t m_e q) / hbar by layer.
    private let waves: [Double]

    /// What the present temperature and voltage give.
    struct State {
        var thermal, voltage, shift: Double
        /// v_R, m/s; nil: electrons in balance with the metal.
        var left, right: Double?
        /// 1 / D_n by layer, s/m2, and p of mu_n ~ T^p.
        var inverseDiffusivity, exponent: [Double]
    }

    init(_ device: Device, grid: Grid) {
        self.device = device
        image = ImageForce(device)
        panels = BandPanel.all(device, grid: grid)
        hasTunnelling = device.tunnelling == .wkb && device.layers.contains { $0.tunnellingMass.isFinite }
        emitsAtTop = device.emission == .maximum || hasTunnelling
        let thermal = Constants.thermalVoltage(Device.referenceTemperature)
        let half = panels.count / 2
        let (nearLeft, nearRight) = (image.reach(left: true, potential: thermal), image.reach(left: false, potential: thermal))
        let length = device.thickness
        reach = (
            min(panels.prefix { $0.end <= nearLeft * (1 + 1e-9) }.count, half),
            min(panels.reversed().prefix { length - $0.start <= nearRight * (1 + 1e-9) }.count, half)
        )
        let count = 2 * panels.count + 8
        storage = LaneStorage(3 * count + 5 * panels.count)
        points = BarrierClimb.Points(distance: storage.take(count), level: storage.take(count), wave: storage.take(count))
        weights = storage.take(5 * panels.count)
        for (i, panel) in panels.enumerated() {
            for (k, point) in GaussLegendre.fivePoint.enumerated() {
                weights[5 * i + k] = point.weight * (panel.end - panel.start) * panel.share
            }
        }
        waves = device.layers.map { $0.tunnellingMass.isFinite ? Transmission.wave($0.tunnellingMass) : .infinity }
    }

    /// e^shift times the resistance, and its derivative by ln T.
    ///
    /// `psi` holds the nodes' potentials, `a` and `e` exponent (-f - lnGamma + shift) and exponential of every point, `gamma` lnGamma of every edge.
    func resistance(psi: Stretch<Double>, a: Stretch<Double>, e: Stretch<Double>, gamma: Stretch<Double>, _ state: State) -> (
        value: Double, slope: Double
    ) {
        var (value, slope) = (0.0, 0.0)
        var bulk = 0..<panels.count
        if let velocity = state.left {
            let side = march(true, velocity: velocity, reach: reach.left, psi: psi, a: a, gamma: gamma, state)
            (value, slope, bulk) = (value + side.value, slope + side.slope, side.panels..<bulk.upperBound)
        }
        if let velocity = state.right {
            let side = march(false, velocity: velocity, reach: reach.right, psi: psi, a: a, gamma: gamma, state)
            (value, slope, bulk) = (value + side.value, slope + side.slope, bulk.lowerBound..<(panels.count - side.panels))
        }
        for i in bulk {
            let panel = panels[i]
            let (inverse, lift) = (state.inverseDiffusivity[panel.layer], 2 * gamma[panel.edge])
            var (sum, byTemperature) = (0.0, 0.0)
            for k in 0..<5 {
                let part = weights[5 * i + k] * e[5 * i + k]
                sum += part
                byTemperature -= part * (a[5 * i + k] - lift)
            }
            value += sum * inverse
            slope += (byTemperature - (1 + state.exponent[panel.layer]) * sum) * inverse
        }
        return (value, slope)
    }

    /// One panel seen from a contact: near and far are counted from its metal.
    private struct View {
        let panel: BandPanel
        let isLeft: Bool
        /// psi = psi_0 + gradient (x - x_0 of the panel's edge).
        let origin, gradient: Double
        let image: ImageForce
        let offset: Double

        func potential(at x: Double) -> Double { -(origin + gradient * (x - panel.edgeStart) + image.potential(x) - offset) }
        var near: Double { isLeft ? panel.start : panel.end }
        var far: Double { isLeft ? panel.end : panel.start }
        func linear(_ x: Double, rise: Double) -> Double { -(origin + gradient * (x - panel.edgeStart) + rise) }
        var nearLevel: Double { linear(near, rise: isLeft ? panel.riseStart : panel.riseEnd) }
        var farLevel: Double { linear(far, rise: isLeft ? panel.riseEnd : panel.riseStart) }
        var middleLevel: Double { linear(0.5 * (near + far), rise: panel.riseMiddle) }
        /// Rise of the level inwards, V/m, and its second derivative, V/m2.
        func slope(_ x: Double) -> (value: Double, second: Double) {
            let bend = image.bend(x)
            let own = -(gradient + bend.slope)
            return (isLeft ? own : -own, -bend.curvature)
        }
    }

    private func view(_ i: Int, _ isLeft: Bool, _ psi: Stretch<Double>) -> View {
        let panel = panels[isLeft ? i : panels.count - 1 - i]
        let origin = psi[panel.edge]
        return View(
            panel: panel, isLeft: isLeft, origin: origin, gradient: (psi[panel.edge + 1] - origin) / panel.edgeLength,
            image: image,
            offset: device.layers[panel.layer].bandOffset)
    }

    /// Where the band is highest within reach: the panel inwards from the contact, the place, the level, and -U'' there (0: no smooth top).
    private func top(_ isLeft: Bool, reach: Int, _ psi: Stretch<Double>) -> (panel: Int, x: Double, level: Double, bend: Double)
    {
        let first = view(0, isLeft, psi)
        guard emitsAtTop else { return (0, first.near, first.nearLevel, 0) }
        var (best, most) = (0, first.nearLevel)
        for i in 0..<reach {
            let level = view(i, isLeft, psi).farLevel
            if level > most { (best, most) = (i + 1, level) }
        }
        let inside = view(best, isLeft, psi)
        if inside.slope(inside.near).value > 0 {
            guard inside.slope(inside.far).value < 0 else {
                // Still rising where the reach ends.
                return best == 0 && reach == 0
                    ? (0, inside.near, most, 0) : (best, inside.far, inside.farLevel, max(-inside.slope(inside.far).second, 0))
            }
            return root(best, inside)
        }
        guard best > 0 else { return (0, inside.near, most, 0) }
        let before = view(best - 1, isLeft, psi)
        if before.slope(before.far).value < 0, before.slope(before.near).value > 0 { return root(best - 1, before) }
        return (best, inside.near, most, max(-inside.slope(inside.near).second, 0))
    }

    /// The top inside a panel whose slope changes sign: Newton's method within the bracket.
    private func root(_ panel: Int, _ v: View) -> (panel: Int, x: Double, level: Double, bend: Double) {
        var (low, high) = (v.near, v.far)
        var x = 0.5 * (low + high)
        for _ in 0..<30 {
            let (value, second) = v.slope(x)
            if value > 0 { low = x } else { high = x }
            // d slope / d(distance) is `second`; x runs against the distance on the right.
            var next = x - (v.isLeft ? 1 : -1) * value / second
            if !(next > min(low, high) && next < max(low, high)) { next = 0.5 * (low + high) }
            let done = abs(next - x) < 1e-9 * abs(v.far - v.near)
            x = next
            if done { break }
        }
        return (panel, x, v.potential(at: x), max(-v.slope(x).second, 0))
    }

    /// R of one side, its derivative by ln T, and the panels it has used up.
    private func march(
        _ isLeft: Bool, velocity: Double, reach: Int, psi: Stretch<Double>, a: Stretch<Double>, gamma: Stretch<Double>,
        _ state: State
    ) -> (value: Double, slope: Double, panels: Int) {
        let inverse = 1 / state.thermal
        let top = top(isLeft, reach: reach, psi)
        let start = view(top.panel, isLeft, psi)
        let lift = gamma[start.panel.edge]
        let exponent = top.level * inverse + state.shift - lift
        // The band lies far below the other metal's: this contact is no barrier.
        guard exponent > -600 else { return (0, 0, 0) }
        let scale = exp(exponent), layer = device.layers[start.panel.layer]
        let fermi = isLeft ? -state.voltage : 0
        let z = hasTunnelling ? Transmission.quantum(top.bend, mass: layer.tunnellingMass) * inverse / (2 * .pi) : 0
        let (passing, passingSlope) = z > 0 ? Transmission.passing(z) : (1, 0)
        var rung = Rung(conductance: velocity * passing / start.panel.share, slope: 0)
        rung.slope = rung.conductance * (0.5 - z * passingSlope / passing)
        if hasTunnelling {
            let y = (fermi - top.level) * inverse
            let (logarithm, bySupply) = Transmission.supply(y)
            let supply = exp(logarithm)
            rung = Rung(conductance: rung.conductance * supply, slope: supply * (rung.slope - rung.conductance * bySupply * y))
        }
        var climb = BarrierClimb(
            points: points, waves: waves, top: top.level, inverse: inverse, fermi: fermi, velocity: velocity,
            isSmooth: top.bend > 0)
        if hasTunnelling { approach(&climb, to: top, isLeft, psi) }
        // From the top to the end of its panel: points of its own.
        let (x, far) = (top.x, start.far)
        let (d, p) = (state.inverseDiffusivity[start.panel.layer], 1 + state.exponent[start.panel.layer])
        if abs(far - x) > 1e-16 {
            var halves = ((0.0, 0.0), (0.0, 0.0))
            for (k, (node, weight)) in GaussLegendre.fivePoint.enumerated() {
                let q = (top.level - start.potential(at: x + (far - x) * node)) * inverse
                let part = weight * abs(far - x) * start.panel.share * exp(-q) * d
                let both = (part, part * (q - p))
                if k <= 2 { halves.0 = (halves.0.0 + (k == 2 ? 0.5 : 1) * both.0, halves.0.1 + (k == 2 ? 0.5 : 1) * both.1) }
                if k >= 2 { halves.1 = (halves.1.0 + (k == 2 ? 0.5 : 1) * both.0, halves.1.1 + (k == 2 ? 0.5 : 1) * both.1) }
            }
            if hasTunnelling {
                let middle = 0.5 * (x + far)
                climb.step(&rung, halves.0, distance(middle, isLeft), start.potential(at: middle), start.panel)
                climb.step(&rung, halves.1, distance(far, isLeft), start.farLevel, start.panel)
            } else {
                rung.inSeries(halves.0.0 + halves.1.0, halves.0.1 + halves.1.1)
            }
        }
        var used = top.panel + 1
        while hasTunnelling, used < panels.count / 2, climb.goesOn {
            let v = view(used, isLeft, psi)
            let own = 5 * (isLeft ? used : panels.count - 1 - used)
            let (d, p) = (state.inverseDiffusivity[v.panel.layer], 1 + state.exponent[v.panel.layer])
            func part(_ k: Int, _ share: Double) -> (Double, Double) {
                let order = own + (isLeft ? k : 4 - k)
                let q = exponent - a[order]
                let r = share * weights[order] * exp(-q) * d
                return (r, r * (q - p))
            }
            let (p0, p1, p2, p3, p4) = (part(0, 1), part(1, 1), part(2, 0.5), part(3, 1), part(4, 1))
            climb.step(
                &rung, (p0.0 + p1.0 + p2.0, p0.1 + p1.1 + p2.1), distance(0.5 * (v.near + v.far), isLeft), v.middleLevel,
                v.panel)
            climb.step(&rung, (p2.0 + p3.0 + p4.0, p2.1 + p3.1 + p4.1), distance(v.far, isLeft), v.farLevel, v.panel)
            used += 1
        }
        let value = scale / rung.conductance
        return (value, -value * (exponent - 2 * lift + rung.slope / rung.conductance), used)
    }

    /// Points from the metal to the top.
    private func approach(
        _ climb: inout BarrierClimb, to top: (panel: Int, x: Double, level: Double, bend: Double), _ isLeft: Bool,
        _ psi: Stretch<Double>
    ) {
        for i in 0...top.panel {
            let v = view(i, isLeft, psi)
            if i == 0 || panels[isLeft ? i : panels.count - 1 - i].layer != view(i - 1, isLeft, psi).panel.layer {
                climb.append(distance(v.near, isLeft), v.nearLevel, v.panel.layer)
            }
            if i < top.panel {
                climb.append(distance(0.5 * (v.near + v.far), isLeft), v.middleLevel, v.panel.layer)
                climb.append(distance(v.far, isLeft), v.farLevel, v.panel.layer)
            } else if abs(top.x - v.near) > 1e-16 {
                let middle = 0.5 * (v.near + top.x)
                climb.append(distance(middle, isLeft), v.potential(at: middle), v.panel.layer)
                climb.append(distance(top.x, isLeft), top.level, v.panel.layer)
            }
        }
    }

    private func distance(_ x: Double, _ isLeft: Bool) -> Double { isLeft ? x : device.thickness - x }
}
