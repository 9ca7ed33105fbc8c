import Foundation

/// A conductance from the metal to a point, in units of N_c e^(f_m), and its derivative by ln T.
struct Rung {
    var conductance, slope: Double

    /// 1/Y -> 1/Y + r.
    mutating func inSeries(_ r: Double, _ byTemperature: Double) {
        let less = 1 / (1 + conductance * r)
        slope = (slope - conductance * conductance * byTemperature) * less * less
        conductance *= less
    }
}

/// The way inwards from the top of a barrier: at each point the transmission from the metal at the energy of the band there.
///
///     2 theta(E) = sum over segments of 2 sqrt(2 m_t m_e) / hbar integral sqrt(U - E) dx,   U straight in each: (2/3) h (u_a + sqrt(u_a u_b) + u_b) / (sqrt u_a + sqrt u_b)
///     G = v_R integral T e^(f - f_m) s df over a segment with ln(T e^f s) straight in f: (B_b - B_a) / ln(B_b / B_a) df
///
/// Cost: a square root per point and segment before it.
struct BarrierClimb {
    struct Points {
        /// Distance from the metal (m), U (V) and 2 sqrt(2 m_t m_e q) / hbar of the segment that ends there.
        let distance, level, wave: Stretch<Double>
    }

    private let points: Points
    private let waves: [Double]
    private let top, inverse, fermi, velocity: Double
    private let isSmooth: Bool
    private var count = 0
    /// q = (U_m - U) / V_T, ln B and its derivative by ln T at the last point; the largest ln B met.
    private var q = 0.0, logarithm, slope, most: Double

    init(points: Points, waves: [Double], top: Double, inverse: Double, fermi: Double, velocity: Double, isSmooth: Bool) {
        (self.points, self.waves, self.top, self.inverse) = (points, waves, top, inverse)
        (self.fermi, self.velocity, self.isSmooth) = (fermi, velocity, isSmooth)
        let y = (fermi - top) * inverse
        let supply = Transmission.supply(y)
        logarithm = (isSmooth ? -0.6931471805599453 : 0) + supply.logarithm
        slope = -y * supply.slope
        most = logarithm
    }

    /// Whether what tunnels further in may still count: at least e^-12 of the most.
    var goesOn: Bool { logarithm > most - 12 }

    mutating func append(_ distance: Double, _ level: Double, _ layer: Int) {
        guard count < points.level.count else { return }
        (points.distance[count], points.level[count], points.wave[count]) = (distance, level, waves[layer])
        count += 1
    }

    /// 2 theta at the level of the last point.
    private func action() -> Double {
        let level = points.level[count - 1]
        var sum = 0.0
        var before = points.level[0] - level
        var rootBefore = before > 0 ? before.squareRoot() : 0
        for i in 1..<max(count, 1) {
            let u = points.level[i] - level
            let root = u > 0 ? u.squareRoot() : 0
            if u > 0 || before > 0 {
                let h = points.distance[i] - points.distance[i - 1]
                var part: Double
                if u > 0, before > 0 {
                    part = h * (before + rootBefore * root + u) / (rootBefore + root)
                } else {
                    part = u > 0 ? h * u * root / (u - before) : h * before * rootBefore / (before - u)
                }
                part *= points.wave[i]
                sum += part
            }
            (before, rootBefore) = (u, root)
        }
        return sum * (2.0 / 3)
    }

    /// To the next point: half of its resistance, what tunnels to it, the other half.
    mutating func step(
        _ rung: inout Rung, _ resistance: (Double, Double), _ distance: Double, _ level: Double, _ panel: BandPanel
    ) {
        append(distance, level, panel.layer)
        let s = action()
        let next = (top - level) * inverse, y = (fermi - level) * inverse
        let supply = Transmission.supply(y)
        let own = (isSmooth ? -(s > 40 ? s : log1p(exp(s))) : -s) + supply.logarithm + next
        let ownSlope = -next - y * supply.slope
        rung.inSeries(0.5 * resistance.0, 0.5 * resistance.1)
        let df = next - q
        if df > 0 {
            let (b, a, l) = (exp(own), exp(logarithm), own - logarithm)
            let (db, da, dl) = (b * ownSlope, a * slope, ownSlope - slope)
            let isFlat = abs(l) < 1e-4
            let mean = isFlat ? 0.5 * (a + b) : (b - a) / l
            let meanSlope = isFlat ? 0.5 * (da + db) : (db - da - mean * dl) / l
            let factor = velocity / panel.share * df
            rung.conductance += factor * mean
            // v_R ~ T^0.5, df ~ 1/T.
            rung.slope += factor * (meanSlope - 0.5 * mean)
        }
        rung.inSeries(0.5 * resistance.0, 0.5 * resistance.1)
        (q, logarithm, slope, most) = (next, own, ownSlope, max(most, own))
    }
}
