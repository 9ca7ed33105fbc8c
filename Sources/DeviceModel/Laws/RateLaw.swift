import Essentials

/// A rate law of the reactions at a contact. Adding one: a file with a type that conforms, and its line in `RateLaws.visit`.
///
/// Generic over the lanes and never used behind `any`: `RateLaws` makes its closure where the lanes are concrete, so that the
/// formula is compiled for them (Docs/adding-a-law.md).
protocol RateLaw<L>: SendableMetatype {
    associatedtype L: Lane
    /// As a device file names it.
    static var name: String { get }
    /// Every number of the law, with unit, range and reason.
    static var parameters: [ParameterRule] { get }
    /// What `moves` of this law looks like, for messages.
    static var movesText: String { get }
    /// Places of the one or two sheets that the law reads; nil where the reaction's `moves` do not fit.
    static func sheets(of reaction: Reaction, in contact: Contact) -> [Int]?
    /// At most two constants with their temperature dependence, in the order in which `rate` takes them.
    static func constants(_ law: ReactionLaw) -> [TemperatureLaw]
    /// Whether a parameter switches the law off; its reaction, and a sheet that nothing else moves, then do not exist.
    static func isOff(_ law: ReactionLaw) -> Bool

    /// Parameters of reaction `k` of each lane's device; `sheets` as above.
    init(_ devices: [Device], reaction k: Int, sheets: [Int])
    /// The rate, 1/(m2 s), and its derivatives; `first` and `second` are the constants at the present temperature.
    func rate(_ x: ContactPoint<L>, _ first: L, _ second: L) -> ReactionRate<L>
}

extension RateLaw {
    static func isOff(_ law: ReactionLaw) -> Bool { false }

    /// A parameter of reaction k in each lane.
    @inline(__always)
    static func parameter(_ key: String, _ devices: [Device], _ k: Int) -> L {
        lanes(devices) { $0.left.reactions[k].law[key] }
    }
}

/// The catalogue of rate laws.
enum RateLaws {
    /// One line a law.
    @inline(__always)
    static func visit<V: RateLawVisitor>(_ visitor: inout V) {
        visitor.visit(ButlerVolmer<V.L>.self)
        visitor.visit(FieldHop<V.L>.self)
        visitor.visit(ActivatedHop<V.L>.self)
        visitor.visit(SecondOrderStore<V.L>.self)
        visitor.visit(ActivatedTrap<V.L>.self)
        visitor.visit(FirstOrderExchange<V.L>.self)
    }

    /// What is known of every law without its lanes.
    static let all: [Description] = {
        var collector = Collector()
        visit(&collector)
        return collector.found
    }()

    struct Description: Sendable {
        let name: String
        let parameters: [ParameterRule]
        let movesText: String
        let sheets: @Sendable (Reaction, Contact) -> [Int]?
        let constants: @Sendable (ReactionLaw) -> [TemperatureLaw]
        let isOff: @Sendable (ReactionLaw) -> Bool
    }

    /// The rule of one of a law's parameters.
    static func rule(_ law: String, _ key: String) -> ParameterRule {
        guard let found = all.first(where: { $0.name == law })?.parameters.first(where: { $0.key == key }) else {
            preconditionFailure("no law \(law) with a \(key)")
        }
        return found
    }

    /// The complaint about a law that is in no catalogue.
    static func unknown(_ name: String, key: String) -> InputError {
        let names = all.map(\.name)
        return InputError(
            key, value: name, problem: "is not a rate law",
            expected: suggestion(for: name, in: names).map { "perhaps \($0)" } ?? "one of \(names.joined(separator: ", "))")
    }

    private struct Collector: RateLawVisitor {
        typealias L = Double
        var found: [Description] = []

        mutating func visit<Law: RateLaw>(_ law: Law.Type) where Law.L == Double {
            found.append(
                Description(
                    name: Law.name, parameters: Law.parameters, movesText: Law.movesText,
                    sheets: { Law.sheets(of: $0, in: $1) },
                    constants: { Law.constants($0) }, isOff: { Law.isOff($0) }))
        }
    }
}

/// Something to be done with every law of the catalogue.
protocol RateLawVisitor {
    associatedtype L: Lane
    mutating func visit<Law: RateLaw>(_ law: Law.Type) where Law.L == L
}

/// Makes the term of one reaction.
struct TermMaker<L: Lane>: RateLawVisitor {
    let devices: [Device]
    let reaction: Int
    let rates: (Int, Int)
    var term: ReactionTerm<L>?

    @inline(__always)
    mutating func visit<Law: RateLaw>(_ law: Law.Type) where Law.L == L {
        let contact = devices[0].left
        let own = contact.reactions[reaction]
        guard Law.name == own.law.name, let sheets = Law.sheets(of: own, in: contact) else { return }
        let law = Law(devices, reaction: reaction, sheets: sheets)
        let (first, second) = rates
        term = ReactionTerm(first: sheets[0], second: sheets[sheets.count - 1]) { law.rate($0, $1[first], $1[second]) }
    }
}
