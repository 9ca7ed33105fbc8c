import Foundation

/// How a simulator's language names what an equation is made of. Arithmetic, `exp`, `ln`, `sqrt`, `min`, `max` and `a ? b : c` are the
/// same in SPICE's behavioural sources and in Verilog-A.
struct Dialect: Sendable {
    /// An auxiliary quantity or a state by its name.
    var reference: @Sendable (String) -> String
    /// A parameter by its name.
    var parameter: @Sendable (String) -> String
    /// Voltage between the terminals, V.
    var voltage: String

    /// Every quantity is the voltage of a node.
    static let spice = Dialect(reference: { "V(\($0))" }, parameter: { "{\($0)}" }, voltage: "V(p,n)")
    /// Auxiliary quantities and copies of the nodes' voltages are real variables.
    static let verilogA = Dialect(reference: { $0 }, parameter: { $0 }, voltage: "V(p,n)")
}

/// A number as both languages read it: 12 digits.
package func number(_ x: Double) -> String { String(format: "%.12g", x) }

/// An expression held between two numbers.
func held(_ expression: String, _ low: Double, _ high: Double) -> String {
    "max(\(number(low)),min(\(number(high)),\(expression)))"
}

/// exp of an expression whose argument is held between two numbers.
func boundedExp(_ expression: String, _ low: Double = -100, _ high: Double = 60) -> String {
    "exp(\(held(expression, low, high)))"
}

/// One quantity that follows at once from others.
struct Auxiliary: Equatable, Sendable {
    /// Its name: letters and digits.
    var name: String
    /// What it is, in the words of the model, with its unit.
    var about: String
    /// Its value.
    var expression: String
}

/// One unknown with a derivative in time.
struct Unknown: Equatable, Sendable {
    /// Its name; the parameter `<name>0` is its value at the start.
    var name: String
    /// What it is, with its unit.
    var about: String
    /// The value at the start where no other is given.
    var start: Double
    /// d/dt, 1/s.
    var slope: String
    /// What it is held at in an operating point, where that is not its start.
    var rest: String?
}

/// A model as a circuit simulator takes it: unknowns, quantities between, the current at the terminals and the conductance that a read shows.
struct Equations: Equatable, Sendable {
    /// Lines of the header that say what the model holds for.
    var ranges: [String]
    /// Constants that a user may change: name, value, meaning.
    var parameters: [Parameter]
    /// In an order in which each needs only those before it.
    var auxiliaries: [Auxiliary]
    /// What is integrated.
    var unknowns: [Unknown]
    /// Current from p to n, A.
    var current: String
    /// G of a read, nS.
    var reading: String

    struct Parameter: Equatable, Sendable {
        var name: String
        var value: Double
        var about: String
    }
}
