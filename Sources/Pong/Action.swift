import Essentials

/// A joystick action of the Atari 2600, with ALE's code.
package enum Action: Int32, CaseIterable, Sendable {
    case noop, fire, up, right, left, down, upRight, upLeft, downRight, downLeft
    case upFire, rightFire, leftFire, downFire, upRightFire, upLeftFire, downRightFire, downLeftFire

    /// ALE's name: "NOOP", "FIRE", "RIGHTFIRE", ...
    package var name: String { "\(self)".uppercased() }

    /// The actions of Pong that do anything different, in ALE's order: NOOP FIRE RIGHT LEFT RIGHTFIRE LEFTFIRE.
    package static let pong: [Action] = [.noop, .fire, .right, .left, .rightFire, .leftFire]
    /// NOOP RIGHT LEFT: Pong without the fire button, which only serves.
    package static let pongWithoutFire: [Action] = [.noop, .right, .left]

    /// Reads names such as "NOOP,RIGHT,LEFT". Throws `InputError` naming the one that ALE does not know.
    package static func parse(_ names: String) throws(InputError) -> [Action] {
        let actions = try names.split(whereSeparator: { $0 == "," || $0 == " " }).map { part throws(InputError) in
            guard let action = allCases.first(where: { $0.name == part.uppercased() }) else {
                throw InputError(
                    "actions", value: String(part), problem: "is not an action that ALE knows",
                    expected: allCases.map(\.name).joined(separator: " "))
            }
            return action
        }
        guard Set(actions).count == actions.count, actions.count >= 2 else {
            throw InputError(
                "actions", value: names, problem: "needs two or more different actions", expected: "NOOP,RIGHT,LEFT")
        }
        return actions
    }
}
