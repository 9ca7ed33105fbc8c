import LinearAlgebra

/// Coefficients of the variable-step backward differentiation formula through t_new and the last `order` solutions.
///
/// With nodes s_0 = t_new, s_j = t_(new-j) the derivative of the interpolating polynomial at s_0 is
///     p'(s_0) = sum_j a_j u_j,   a_j = (1/w_j-ratio)/(s_0 - s_j) (Lagrange),   a_0 = sum_(j>0) 1 / (s_0 - s_j),
/// so order 1 is backward Euler and constant steps give the classical formulae. Source: E. Hairer, G. Wanner, Solving ODEs II, V.7.
struct BDFCoefficients {
    static let maximumOrder = 4
    /// a_0, the factor of the new solution, 1/s.
    var shift = 0.0
    /// a_j of the old solutions, j = 1 ... order.
    var old = [Double](repeating: 0, count: maximumOrder + 1)

    /// `ages[j - 1]` = t_new - t_(new - j) > 0.
    mutating func set(order: Int, ages: [Double]) {
        shift = 0
        for j in 0..<order { shift += 1 / ages[j] }
        for j in 0..<order {
            // Lagrange: l_j'(s_0) = [prod_(m != 0, j) (s_0 - s_m)] / [prod_(m != j) (s_j - s_m)]
            var value = -1 / ages[j]
            for m in 0..<order where m != j { value *= ages[m] / (ages[m] - ages[j]) }
            old[j] = value
        }
    }

    /// Weights of the polynomial through the last `count` solutions, evaluated at t_new.
    static func extrapolation(count: Int, ages: [Double], into weights: inout [Double]) {
        for j in 0..<count {
            var value = 1.0
            for m in 0..<count where m != j { value *= ages[m] / (ages[m] - ages[j]) }
            weights[j] = value
        }
    }

    /// Weights of the divided difference u[t_new, t_(new-1), ..., t_(new-k)]: the new solution first.
    static func dividedDifference(_ k: Int, ages: [Double], into weights: inout [Double]) {
        for j in 0...k {
            let a = j == 0 ? 0 : ages[j - 1]
            var value = 1.0
            for m in 0...k where m != j {
                let b = m == 0 ? 0 : ages[m - 1]
                value /= b - a
            }
            weights[j] = value
        }
    }
}
